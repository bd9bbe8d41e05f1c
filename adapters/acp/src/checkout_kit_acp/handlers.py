"""Ways to pay that are offered to agents, and the turning of their credentials into a provider's token."""

from collections.abc import Callable, Mapping
from typing import Final

from attrs import field, frozen
from checkout_kit.cart import Cart
from checkout_kit.checkout import PaymentMethod

from checkout_kit_acp.faults import Json

_TOKENIZED: Final = "https://acp.dev/schemas/handlers/tokenized.card"


@frozen(kw_only=True)
class Instrument:
    """What an agent pays with; the token is used once and never stored beside the checkout or sent back."""

    handler_id: str
    type: str
    credential_type: str
    token: str = field(repr=False)


PaymentOf = Callable[[Instrument], PaymentMethod | None]
"""Turns an instrument into the payment provider's token; None where it cannot be used."""


def _for_any(_cart: Cart) -> bool:
    return True


@frozen(kw_only=True)
class PaymentHandler:
    """A way to pay, as `capabilities.payment.handlers` lists it.

    Attributes:
        id: what an agent's `payment_data.handler_id` names.
        name: the handler's published name, such as `dev.acp.tokenized.card`.
        psp: the payment service behind it.
        payment_of: turns an agent's instrument into a token of the shop's payment provider.
        config: the public configuration.
        is_offered: whether carts like this one may be paid so.

    Source: ACP 2026-04-17, schema.agentic_checkout.json#/$defs/PaymentHandler.
    """

    id: str
    name: str
    psp: str
    payment_of: PaymentOf
    version: str = "2026-01-22"
    spec: str = "https://acp.dev/handlers/tokenized.card"
    config_schema: str = f"{_TOKENIZED}/config.json"
    instrument_schemas: tuple[str, ...] = (f"{_TOKENIZED}/instrument.json",)
    requires_delegate_payment: bool = True
    requires_pci_compliance: bool = False
    display_name: str = ""
    config: Mapping[str, object] = field(factory=dict, hash=False)
    is_offered: Callable[[Cart], bool] = _for_any

    def document(self, place: int) -> Json:
        """The entry of `handlers`; `place` is its display order."""
        document: Json = {
            "id": self.id,
            "name": self.name,
            "version": self.version,
            "spec": self.spec,
            "requires_delegate_payment": self.requires_delegate_payment,
            "requires_pci_compliance": self.requires_pci_compliance,
            "psp": self.psp,
            "config_schema": self.config_schema,
            "instrument_schemas": list(self.instrument_schemas),
            "config": dict(self.config),
            "display_order": place,
        }
        return document | ({"display_name": self.display_name} if self.display_name else {})


def token_for(provider: str, *, credential_types: tuple[str, ...] = ()) -> PaymentOf:
    """Hand the credential's token on, as it is, to the payment provider of this name."""

    def payment_of(instrument: Instrument) -> PaymentMethod | None:
        if not instrument.token or (credential_types and instrument.credential_type not in credential_types):
            return None
        return PaymentMethod(method=provider, token=instrument.token, label=instrument.type.title())

    return payment_of


def shared_payment_tokens(merchant_id: str, *, environment: str = "production") -> PaymentHandler:
    """Cards by Stripe's shared payment tokens (`spt_...`), for a shop whose payments are `StripePayments`."""
    return PaymentHandler(
        id="card_tokenized",
        name="dev.acp.tokenized.card",
        display_name="Card",
        psp="stripe",
        payment_of=token_for("stripe", credential_types=("spt",)),
        config={
            "merchant_id": merchant_id,
            "psp": "stripe",
            "accepted_brands": ["visa", "mastercard", "amex", "discover"],
            "accepted_funding_types": ["credit", "debit"],
            "supports_3ds": True,
            "environment": environment,
        },
    )


def provider_tokens(provider: str, merchant_id: str = "") -> PaymentHandler:
    """Tokens of whatever payment provider the shop uses, such as the test provider."""
    return PaymentHandler(
        id="card_tokenized",
        name="dev.acp.tokenized.card",
        display_name="Card",
        psp=provider,
        payment_of=token_for(provider),
        config={"merchant_id": merchant_id or provider, "psp": provider},
    )
