"""Django's system check: settings and policy are reported by `manage.py check`, not by the first shopper."""

from typing import Any

from checkout_kit.errors import InputError
from checkout_kit.shipping import ShippingPolicy
from django.core.checks import CheckMessage, Error

from checkout_kit_oscar.settings import faults_of, shop_settings


def check_settings(**_kwargs: Any) -> list[CheckMessage]:
    """Every fault of the setting CHECKOUT_KIT and of the policy it names, which is told with its file."""
    lines: list[str] = []
    try:
        settings = shop_settings()
        lines += [str(fault) for fault in faults_of(settings)]
        if settings.policy:
            ShippingPolicy.load(settings.policy)
    except InputError as error:
        lines += [f"{error.source}: {fault}" if error.source else str(fault) for fault in error.faults]
    return [Error(line, id="checkout_kit.E001") for line in lines]
