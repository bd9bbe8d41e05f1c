"""The service: one set of steps with a blocking and an asynchronous face."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TypeVar

from attrs import evolve

from checkout_kit.address import Adoption
from checkout_kit.cart import Customer
from checkout_kit.checkout import Profile, Rules, Update, resume_token
from checkout_kit.errors import Unsupported
from checkout_kit.orders import Order
from checkout_kit.payments import PaymentProvider
from checkout_kit.service import effects, flow, opening, refunds
from checkout_kit.service.access import SHOP, Access
from checkout_kit.service.effects import Deliver, DueReport
from checkout_kit.service.settings import Catalog, NewCheckout, Policy, PolicyFor, Settings, new_id, utc_now
from checkout_kit.service.steps import HttpClient, Steps, drive, drive_async
from checkout_kit.service.unit import Parts
from checkout_kit.service.view import CheckoutView, Opened
from checkout_kit.storage import Inventory, Store

_T = TypeVar("_T")


class _Face:
    """What both faces hold."""

    def __init__(
        self,
        *,
        store: Store,
        payments: PaymentProvider,
        policy: Policy | None = None,
        policy_for: PolicyFor | None = None,
        settings: Settings | None = None,
        catalog: Catalog | None = None,
        inventory: Inventory | None = None,
        clock: Callable[[], dt.datetime] = utc_now,
        new_id: Callable[[str], str] = new_id,
        deliver: Deliver | None = None,
    ) -> None:
        if (policy is None) == (policy_for is None):
            raise TypeError("give either a policy for every checkout, or policy_for to choose one")
        self.settings = settings or Settings()
        self.parts = Parts(
            store=store,
            policy_for=policy_for or _always(policy),
            rules_for=_named(self.settings.rules),
            payments=payments,
            settings=self.settings,
            clock=clock,
            new_id=new_id,
            catalog=catalog,
            inventory=inventory,
        )
        self.deliver = deliver
        self._http = HttpClient()


def _always(policy: Policy | None) -> PolicyFor:
    assert policy is not None
    return lambda _checkout: policy


def make_resume_token(parts: Parts, checkout_id: str, until: dt.datetime, channel: str) -> str:
    """A resume token under the shop's keys."""
    keys = parts.settings.rules.keys
    if keys is None:
        raise Unsupported("resume links need signing keys: Settings(rules=Rules(keys=SigningKeys(...)))")
    return resume_token(checkout_id, keys, shop=parts.settings.shop, until=until, channel=channel)


def _named(rules: Rules) -> Callable[[Policy], Rules]:
    """The shop's rules with the policy's id in them, made once for each policy."""
    by_id: dict[str, Rules] = {}

    def rules_for(policy: Policy) -> Rules:
        policy_id, pickup = str(getattr(policy, "id", "")), getattr(policy, "pickup", rules.pickup)
        slots = getattr(policy, "slot_rules", rules.slots)
        known = by_id.get(policy_id)
        if known is None or known.pickup is not pickup or known.slots is not slots:
            known = evolve(rules, policy_id=policy_id or rules.policy_id, pickup=pickup, slots=slots)
            by_id[policy_id] = known
        return known

    return rules_for


class CheckoutService(_Face):
    """The use-cases of a checkout, for threads and plain code; share one instance.

    `access` is `SHOP` for code the shop trusts, or `Access(secret=...)` for what came with a request. Each
    method raises NotFound for an unknown id or a wrong secret, and Unavailable when the database or the
    payment provider does not answer (nothing is lost; call again).
    """

    def _run(self, steps: Steps[_T]) -> _T:
        return drive(steps, self._http.call)

    def create(self, new: NewCheckout, *, idempotency_key: str = "", access: Access = SHOP) -> Opened:
        """Open a checkout; a customer the shop knows finds it filled in.

        With a key seen before, it is the checkout that key opened. Its secret is given again where the shop
        has signing keys to derive it from, and is empty otherwise. To anyone but the shop, a key gives its
        checkout only while nothing has been added to it.

        Raises:
            InputError: something in it cannot be used; nothing is stored.
            IdempotencyConflict: the key was used with another request, or its checkout has changed since.
        """
        return self._run(opening.create(self.parts, new, idempotency_key, access))

    def get(self, checkout_id: str, *, access: Access = SHOP) -> CheckoutView:
        """The checkout as it stands now, quoted afresh where what was shown is no longer valid."""
        return self._run(flow.get(self.parts, checkout_id, access))

    def update(
        self,
        checkout_id: str,
        change: Update,
        *,
        version: int | None = None,
        access: Access = SHOP,
        idempotency_key: str = "",
    ) -> CheckoutView:
        """Change any sections in one write; once for an idempotency key, where one is given.

        Raises:
            InputError: the change cannot be used; nothing is stored.
            IdempotencyConflict: the key was used with another change.
            VersionConflict: `version` is not the current one.
            Refused: the checkout is completed, canceled, expired or waiting for a payment.
        """
        return self._run(flow.update(self.parts, checkout_id, change, version, access, key=idempotency_key))

    def complete(
        self, checkout_id: str, *, idempotency_key: str, version: int | None = None, access: Access = SHOP
    ) -> CheckoutView:
        """Pay and place the order, once: the view has the order, or says what the payment still needs.

        Raises:
            NotReady: there are problems, or the price or date shown has changed meanwhile.
            IdempotencyConflict: the key was used with another version.
            VersionConflict: `version` is not the current one.
            Refused: the checkout has ended, or another payment is under way.
        """
        return self._run(flow.complete(self.parts, checkout_id, idempotency_key, version, access))

    def continue_authentication(self, checkout_id: str, *, access: Access = SHOP) -> CheckoutView:
        """The buyer is back from the bank's page."""
        return self._run(flow.continue_authentication(self.parts, checkout_id, access))

    def cancel(
        self,
        checkout_id: str,
        *,
        reason: str = "",
        version: int | None = None,
        access: Access = SHOP,
        idempotency_key: str = "",
    ) -> CheckoutView:
        """Give the checkout up; once for an idempotency key, where one is given.

        Raises:
            IdempotencyConflict: the key was used with another reason or version.
            Refused: it has ended already, or a payment is under way.
        """
        return self._run(flow.cancel(self.parts, checkout_id, reason, version, access, key=idempotency_key))

    def payment_webhook(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Take a payment provider's webhook as it came; False when it is about nothing of ours.

        Replays and webhooks out of order are harmless: the payment's state is asked of the provider.

        Raises:
            Forbidden: the signature is wrong or too old.
            InputError: the body is not the provider's.
        """
        return self._run(flow.payment_webhook(self.parts, headers, body))

    def approve(self, checkout_id: str, *, by: str) -> CheckoutView:
        """Note who approved a purchase that needs it; a changed cart asks again. For the shop's own code."""
        return self._run(flow.approve(self.parts, checkout_id, by))

    def capture_order(self, order_id: str) -> Order:
        """Take the money of an order whose shop captures later; a repeated call finds it done.

        Raises:
            Refused: nothing is held for it any more.
        """
        return self._run(effects.capture_order(self.parts, order_id))

    def refund_order(self, order_id: str, amount: int, *, idempotency_key: str) -> Order:
        """Give `amount` minor units back, once for each key; the ledger gets an entry.

        Raises:
            Refused: more than was taken and not given back yet.
        """
        return self._run(refunds.refund_order(self.parts, order_id, amount, idempotency_key))

    def refresh_payment(self, order_id: str) -> Order:
        """Note what the provider has taken and given back, should its webhook about it have been lost."""
        return self._run(effects.refresh_payment(self.parts, order_id))

    def get_order(self, order_id: str, *, access: Access = SHOP) -> Order:
        """One order; the secret of its checkout opens it."""
        return self._run(flow.get_order(self.parts, order_id, access))

    def get_profile(self, customer_id: str) -> Profile:
        """What the shop remembers of a customer; for the shop's own code only."""
        return self._run(flow.get_profile(self.parts, customer_id))

    def save_profile(self, customer_id: str, change: Callable[[Profile], Profile]) -> Profile:
        """Change what the shop remembers of a customer; `change` may be called again after a lost race."""
        return self._run(flow.save_profile(self.parts, customer_id, change))

    def resume_token(self, checkout_id: str, *, until: dt.datetime, channel: str = "") -> str:
        """A token for a link that opens this checkout elsewhere: `Access(resume=token)` until then.

        Raises:
            Unsupported: the shop's rules have no signing keys.
        """
        return make_resume_token(self.parts, checkout_id, until, channel)

    def resume(self, token: str) -> Opened:
        """The checkout of a link made by `resume_token`, with its secret, for another device or channel.

        Raises:
            NotFound: the link has ended, was altered, or is another shop's; or its checkout was opened before
                the shop had signing keys.
            Unsupported: the shop's rules have no signing keys.
        """
        return self._run(opening.resume(self.parts, token))

    def sign_in(self, checkout_id: str, customer: Customer) -> CheckoutView:
        """A guest turns out to be this customer: empty sections are filled in, saved addresses are offered.

        For the shop's own code, which knows who has signed in.

        Raises:
            Refused: the checkout is another customer's, or has ended.
        """
        return self._run(flow.sign_in(self.parts, checkout_id, customer))

    def adopt_order(self, order_id: str, customer_id: str) -> Adoption:
        """Give a customer the addresses of an order placed as a guest; probable matches come as questions."""
        return self._run(flow.adopt_order(self.parts, order_id, customer_id))

    def run_due(self, *, limit: int = 100) -> DueReport:
        """One round of what is due: payments a crash left open, events, expiries, reminders."""
        return self._run(effects.run_due(self.parts, self.deliver, limit))

    def close(self) -> None:
        """Close the HTTP client; the store is closed by whoever opened it."""
        self._http.close()


class AsyncCheckoutService(_Face):
    """The same use-cases as coroutines.

    An embedded SQLite store is called on the event loop, where a call takes microseconds; a remote one in a
    thread. Payment providers are awaited.
    """

    async def _run(self, steps: Steps[_T]) -> _T:
        return await drive_async(steps, self._http.call_async, in_thread=self.parts.store.is_remote)

    async def create(self, new: NewCheckout, *, idempotency_key: str = "", access: Access = SHOP) -> Opened:
        """See CheckoutService.create."""
        return await self._run(opening.create(self.parts, new, idempotency_key, access))

    async def get(self, checkout_id: str, *, access: Access = SHOP) -> CheckoutView:
        """See CheckoutService.get."""
        return await self._run(flow.get(self.parts, checkout_id, access))

    async def update(
        self,
        checkout_id: str,
        change: Update,
        *,
        version: int | None = None,
        access: Access = SHOP,
        idempotency_key: str = "",
    ) -> CheckoutView:
        """See CheckoutService.update."""
        return await self._run(
            flow.update(self.parts, checkout_id, change, version, access, key=idempotency_key)
        )

    async def complete(
        self, checkout_id: str, *, idempotency_key: str, version: int | None = None, access: Access = SHOP
    ) -> CheckoutView:
        """See CheckoutService.complete."""
        return await self._run(flow.complete(self.parts, checkout_id, idempotency_key, version, access))

    async def continue_authentication(self, checkout_id: str, *, access: Access = SHOP) -> CheckoutView:
        """See CheckoutService.continue_authentication."""
        return await self._run(flow.continue_authentication(self.parts, checkout_id, access))

    async def cancel(
        self,
        checkout_id: str,
        *,
        reason: str = "",
        version: int | None = None,
        access: Access = SHOP,
        idempotency_key: str = "",
    ) -> CheckoutView:
        """See CheckoutService.cancel."""
        return await self._run(
            flow.cancel(self.parts, checkout_id, reason, version, access, key=idempotency_key)
        )

    async def payment_webhook(self, headers: Mapping[str, str], body: bytes) -> bool:
        """See CheckoutService.payment_webhook."""
        return await self._run(flow.payment_webhook(self.parts, headers, body))

    async def approve(self, checkout_id: str, *, by: str) -> CheckoutView:
        """See CheckoutService.approve."""
        return await self._run(flow.approve(self.parts, checkout_id, by))

    async def capture_order(self, order_id: str) -> Order:
        """See CheckoutService.capture_order."""
        return await self._run(effects.capture_order(self.parts, order_id))

    async def refund_order(self, order_id: str, amount: int, *, idempotency_key: str) -> Order:
        """See CheckoutService.refund_order."""
        return await self._run(refunds.refund_order(self.parts, order_id, amount, idempotency_key))

    async def refresh_payment(self, order_id: str) -> Order:
        """See CheckoutService.refresh_payment."""
        return await self._run(effects.refresh_payment(self.parts, order_id))

    async def get_order(self, order_id: str, *, access: Access = SHOP) -> Order:
        """See CheckoutService.get_order."""
        return await self._run(flow.get_order(self.parts, order_id, access))

    async def get_profile(self, customer_id: str) -> Profile:
        """See CheckoutService.get_profile."""
        return await self._run(flow.get_profile(self.parts, customer_id))

    async def save_profile(self, customer_id: str, change: Callable[[Profile], Profile]) -> Profile:
        """See CheckoutService.save_profile."""
        return await self._run(flow.save_profile(self.parts, customer_id, change))

    def resume_token(self, checkout_id: str, *, until: dt.datetime, channel: str = "") -> str:
        """See CheckoutService.resume_token; nothing is waited for."""
        return make_resume_token(self.parts, checkout_id, until, channel)

    async def resume(self, token: str) -> Opened:
        """See CheckoutService.resume."""
        return await self._run(opening.resume(self.parts, token))

    async def sign_in(self, checkout_id: str, customer: Customer) -> CheckoutView:
        """See CheckoutService.sign_in."""
        return await self._run(flow.sign_in(self.parts, checkout_id, customer))

    async def adopt_order(self, order_id: str, customer_id: str) -> Adoption:
        """See CheckoutService.adopt_order."""
        return await self._run(flow.adopt_order(self.parts, order_id, customer_id))

    async def run_due(self, *, limit: int = 100) -> DueReport:
        """See CheckoutService.run_due."""
        return await self._run(effects.run_due(self.parts, self.deliver, limit))

    async def close(self) -> None:
        """Close the HTTP client."""
        await self._http.close_async()
