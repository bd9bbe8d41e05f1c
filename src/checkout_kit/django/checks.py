"""Django's system check: what is wrong is said by `manage.py check`, not by the first shopper."""

from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution

from checkout_kit.django.policies import findings, hook, policy, policy_files
from checkout_kit.errors import InputError


def check_delivery(**_kwargs: Any) -> list[CheckMessage]:
    """Errors keep the project from starting; what the lint doubts are warnings."""
    messages: list[CheckMessage] = []
    for setting in ("SHIPPING_CART", "SHIPPING_CUSTOMER"):
        try:
            hook(setting)
        except InputError as error:
            messages += _errors(error, "E002")
    try:
        files = policy_files()
    except InputError as error:
        return messages + _errors(error, "E001")
    for name, file in files.items():
        try:
            policy(name)
        except InputError as error:
            messages += _errors(error, "E003")
        else:
            messages += [
                Caution(f"policy {name!r} ({file}): {finding}", id="checkout_kit.W001")
                for finding in findings(file)
            ]
    return messages


def _errors(error: InputError, code: str) -> list[CheckMessage]:
    said = f"{error.source}: " if error.source else ""
    return [Error(f"{said}{fault}", id=f"checkout_kit.{code}") for fault in error.faults]
