"""Django's system check: settings and policy are reported by `manage.py check`, not by the first shopper."""

from typing import Any

from checkout_kit.errors import Fault, InputError
from checkout_kit.shipping import ShippingPolicy
from django.core.checks import CheckMessage, Error

from checkout_kit_oscar.settings import faults_of, shop_settings


def check_settings(**_kwargs: Any) -> list[CheckMessage]:
    """Every fault of the setting CHECKOUT_KIT and of the policy it names."""
    faults: list[Fault] = []
    try:
        settings = shop_settings()
        faults += faults_of(settings)
        if settings.policy:
            ShippingPolicy.load(settings.policy)
    except InputError as error:
        faults += error.faults
    return [Error(str(fault), hint=fault.remedy or None, id="checkout_kit.E001") for fault in faults]
