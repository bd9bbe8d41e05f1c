"""The part of the adapter suite about changing a secret: the former one opens as long as it is set."""

from typing import Any

import attrs

from checkout_kit.adapter import AnyAdapter, Capability, Secret, answer_webhook
from checkout_kit.adapter.answer import refuse_rates
from checkout_kit.testing.adapters.replay import recorded_request
from checkout_kit.testing.adapters.supplied import Supplied

_FORMER = "former-secret-0"


class RotationSuite(Supplied):
    """Inherited by AdapterConformance; looks at every setting named `former_...`."""

    needs = frozenset({Capability.RATES, Capability.WEBHOOKS})

    def test_former_secret_is_accepted_while_it_is_set(self) -> None:
        """While a secret is changed both open; once the former one is taken away, it no longer does."""
        settings: Any = self.adapter.settings
        for field in attrs.fields(type(settings)):
            if field.name.startswith("former_") and "Secret" in str(field.type):
                rotating = type(self.adapter)(attrs.evolve(settings, **{field.name: Secret(_FORMER)}))
                over = type(self.adapter)(attrs.evolve(settings, **{field.name: None}))
                opened = [door for door in self._doors() if self._opens(rotating, door, _FORMER)]
                assert opened, (
                    f"{field.name} is set and opens nothing; return it after the current one from "
                    "rate_secrets or webhook_secrets"
                )
                for door in opened:
                    assert self._opens(rotating, door, self.secret), f"{door}: the current secret is shut out"
                    assert not self._opens(over, door, _FORMER), f"{door}: a former secret opens unset"

    # Shared by the tests above

    def _doors(self) -> list[str]:
        doors = ["rates"] if Capability.RATES in self.adapter.capabilities else []
        return [*doors, "webhooks"] if self.replays("webhook") else doors

    def _opens(self, adapter: AnyAdapter, door: str, secret: str) -> bool:
        if door == "rates":
            signed = self.signed(self.plain_request(), secret=secret)
            return refuse_rates(adapter, signed, now=self.now) is None
        scheme = adapter.webhook_signature or adapter.signature
        assert scheme is not None, "an adapter that takes webhooks declares a signature"
        request = recorded_request(next(iter(self.replays("webhook").values()))["request"])
        signed = scheme.sign(request, secret=secret, now=self.now)
        answer = answer_webhook(adapter, signed, now=self.now, is_known=lambda _: False)
        return answer.response.status != 401
