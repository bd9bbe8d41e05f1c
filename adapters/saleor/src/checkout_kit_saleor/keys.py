"""The public keys of one instance: what is known of them, and when they are fetched anew."""

import datetime as dt
from collections.abc import Mapping
from typing import Final, NoReturn

from checkout_kit.adapter import HttpRequest, Steps, in_process
from checkout_kit.errors import InputError, Unavailable
from joserfc.jwk import RSAKey

from checkout_kit_saleor.jws import key_id, read_keys

# Anybody can name a key that nobody has; the instance is asked no oftener than this.
BETWEEN_FETCHES: Final = dt.timedelta(minutes=1)


class InstanceKeys:
    """The keys by id; `jwks` are the first ones, if any, and `url` is where the instance publishes them."""

    def __init__(self, url: str, jwks: str = "") -> None:
        self.known: Mapping[str, RSAKey] = read_keys(jwks) if jwks else {}
        self._url = url
        self._asked_at: dt.datetime | None = None
        self._has_failed = False

    def fetch_for(self, sent: str, *, now: dt.datetime) -> Steps[None] | None:
        """The fetch that a signature needs, when it names a key that is not known; at most once a minute.

        After a fetch that failed it stays Unavailable for that minute: to a refusal Saleor never comes back.
        """
        named = key_id(sent)
        if not named or named in self.known:
            return None
        if self._asked_at is None or not dt.timedelta() <= now - self._asked_at < BETWEEN_FETCHES:
            return self._fetch(now)
        return in_process(_say_unavailable) if self._has_failed else None

    def _fetch(self, now: dt.datetime) -> Steps[None]:
        keys: Mapping[str, RSAKey] = {}
        try:
            response = yield HttpRequest(method="GET", url=self._url)
            if response.is_success:
                keys = read_keys(response.body.decode("utf-8", "replace"))
        except InputError:
            _say_unavailable()
        finally:
            # Whatever came of it; those who ask meanwhile wait for this one.
            self._asked_at, self._has_failed = now, not keys
        if not keys:
            _say_unavailable()
        # What the instance publishes counts, so that a key it has withdrawn no longer opens.
        self.known = keys


def _say_unavailable() -> NoReturn:
    raise Unavailable("the instance's keys cannot be fetched from its /.well-known/jwks.json")
