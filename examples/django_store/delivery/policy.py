"""The policy of the project: loaded once, checked by Django, shown in the admin site."""

import tomllib
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution

from checkout_kit.errors import InputError
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.shipping.lint import Finding, lint_policy


@lru_cache(maxsize=1)
def shop_policy() -> ShippingPolicy:
    """The policy that SHIPPING_POLICY names; raises InputError with every fault."""
    return ShippingPolicy.load(settings.SHIPPING_POLICY)


def findings() -> tuple[Finding, ...]:
    """What is wrong or doubtful in the policy."""
    return lint_policy(tomllib.loads(settings.SHIPPING_POLICY.read_text(encoding="utf-8")))


def check_policy(**_kwargs: Any) -> list[CheckMessage]:
    """Errors keep the project from starting, warnings are shown."""
    try:
        shop_policy()
    except InputError as error:
        return [Error(line, id="delivery.E001") for line in str(error).splitlines()]
    return [Caution(str(finding), id="delivery.W001") for finding in findings()]
