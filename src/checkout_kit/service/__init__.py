"""The service: the use-cases over a store, a policy and a payment provider, blocking and asynchronous."""

from checkout_kit.service.access import SHOP, Access
from checkout_kit.service.delivery import deliver_to
from checkout_kit.service.effects import Deliver, DueReport
from checkout_kit.service.service import AsyncCheckoutService, CheckoutService
from checkout_kit.service.settings import Catalog, NewCheckout, Policy, PolicyFor, Recovery, Settings
from checkout_kit.service.view import CheckoutView, Opened

__all__ = [
    "SHOP",
    "Access",
    "AsyncCheckoutService",
    "Catalog",
    "CheckoutService",
    "CheckoutView",
    "Deliver",
    "DueReport",
    "NewCheckout",
    "Opened",
    "Policy",
    "PolicyFor",
    "Recovery",
    "Settings",
    "deliver_to",
]
