"""The checkout: one frozen value, its commands, and the one table that says what each of them does."""

from checkout_kit.checkout.choices import QuoteFunction, quote_request, settle
from checkout_kit.checkout.commands import (
    UNSET,
    Approve,
    Cancel,
    Command,
    Complete,
    ContactPatch,
    DeliveryPatch,
    Expire,
    Item,
    PaymentOutcome,
    Refresh,
    Remind,
    SignIn,
    Unset,
    Update,
)
from checkout_kit.checkout.effects import Authorise, Capture, Effect, Event, PlaceOrder, Void
from checkout_kit.checkout.experiments import Experiment, assign
from checkout_kit.checkout.ledger import Component, Totals, ledger, totals
from checkout_kit.checkout.lock import LockedOption, QuoteRefused, lock_options, open_lock
from checkout_kit.checkout.pickup import pickup_choices
from checkout_kit.checkout.problems import Demands, Problem, problems
from checkout_kit.checkout.profile import Profile
from checkout_kit.checkout.resume import Resumed, open_resume_token, resume_token
from checkout_kit.checkout.rules import PricedCart, Rules, Transition
from checkout_kit.checkout.status import Status, status
from checkout_kit.checkout.tokens import Expired, SigningKeys
from checkout_kit.checkout.transition import phase, transition
from checkout_kit.checkout.value import (
    Assignment,
    Attempt,
    Billing,
    Business,
    Change,
    Checkout,
    Choice,
    Contact,
    Delivery,
    Ending,
    PaymentMethod,
    PickupPlace,
    lines_of,
)

__all__ = [
    "UNSET",
    "Approve",
    "Assignment",
    "Attempt",
    "Authorise",
    "Billing",
    "Business",
    "Cancel",
    "Capture",
    "Change",
    "Checkout",
    "Choice",
    "Command",
    "Complete",
    "Component",
    "Contact",
    "ContactPatch",
    "Delivery",
    "DeliveryPatch",
    "Demands",
    "Effect",
    "Ending",
    "Event",
    "Experiment",
    "Expire",
    "Expired",
    "Item",
    "LockedOption",
    "PaymentMethod",
    "PaymentOutcome",
    "PickupPlace",
    "PlaceOrder",
    "PricedCart",
    "Problem",
    "Profile",
    "QuoteFunction",
    "QuoteRefused",
    "Refresh",
    "Remind",
    "Resumed",
    "Rules",
    "SignIn",
    "SigningKeys",
    "Status",
    "Totals",
    "Transition",
    "Unset",
    "Update",
    "Void",
    "assign",
    "ledger",
    "lines_of",
    "lock_options",
    "open_lock",
    "open_resume_token",
    "phase",
    "pickup_choices",
    "problems",
    "quote_request",
    "resume_token",
    "settle",
    "status",
    "totals",
    "transition",
]
