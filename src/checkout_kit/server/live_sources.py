"""Live rates for call-backs of platforms: the services a file names, asked within the platform's deadline."""

import datetime as dt
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from attrs import evolve
from pydantic import Field, ValidationError

from checkout_kit.address import Address
from checkout_kit.carriers import JsonRateSource, RateCache, RateSource, fetch_rates_async, rate_request
from checkout_kit.errors import Fault, InputError
from checkout_kit.json_text import why_unreadable
from checkout_kit.server.adapters import Heard
from checkout_kit.server.policy_facts import PolicyFacts
from checkout_kit.shipping import QuoteRequest
from checkout_kit.shipping.document.fields import Closed, Id, Text
from checkout_kit.shipping.loading import Syntax, model_faults, read_text

if TYPE_CHECKING:
    import httpx

_LOG: Final = logging.getLogger("checkout_kit.server")


class AskSources:
    """Asks every source at once for what `AdapterHost.live` wants to know, and remembers their answers.

    Parcels leave from `origin`. A line without a weight weighs `default_weight_g`; without that, such a cart
    is not asked for.
    """

    def __init__(
        self, sources: Sequence[RateSource], *, origin: Address, default_weight_g: int | None = None
    ) -> None:
        self._sources = sources
        self._origin = origin
        self._default_weight_g = default_weight_g
        self._cache = RateCache()
        self._client: httpx.AsyncClient | None = None

    async def __call__(self, request: QuoteRequest, deadline_s: float) -> Heard:
        """The request with the rates that came in time; a source that gave none is named in the log."""
        try:
            asked = rate_request(request, origin=self._origin, default_weight_g=self._default_weight_g)
        except InputError:
            _LOG.info("live rates are not asked for: a line has no weight")
            return Heard(request=request)
        if asked is None:
            return Heard(request=request)
        found = await fetch_rates_async(
            self._sources,
            asked,
            client=self._opened(),
            now=dt.datetime.now(dt.UTC),
            deadline_s=deadline_s,
            cache=self._cache,
        )
        for report in found.failed:
            why = f"{report.reason} {report.detail}".rstrip()
            _LOG.warning("live rates of %s: %s (%s)", report.source_id, why, report.outcome)
        return Heard(request=evolve(request, live_rates=found.rates), is_whole=not found.failed)

    def _opened(self) -> "httpx.AsyncClient":
        import httpx

        # One for all calls, made where an event loop runs: making one reads all certificates of the machine.
        if self._client is None:
            self._client = httpx.AsyncClient()
        return self._client


class SourceDocument(Closed):
    """A rate service: its codes and the policy's methods they stand for."""

    url: Text
    methods: dict[Text, Id] = Field(min_length=1)
    token_from: str = ""
    timeout_s: float = Field(default=2.0, gt=0, le=30)


class LiveDocument(Closed):
    """The file that `serve --live` reads."""

    sources: dict[Id, SourceDocument] = Field(min_length=1)


def load_live(path: Path, facts: PolicyFacts, environment: Mapping[str, str]) -> AskSources:
    """What a `.toml` or `.json` file says; tokens are in the environment, under the names it gives.

    Raises:
        InputError: the file cannot be read, or everything that is wrong with it; no token is shown.
    """
    document = _read(path)
    faults = list(_faults(document, facts, environment))
    if faults or facts.origin is None:
        raise InputError(faults, source=str(path))
    return AskSources(
        [
            JsonRateSource(
                id=name,
                url=source.url,
                methods=source.methods,
                token=environment.get(source.token_from, ""),
                timeout_s=source.timeout_s,
            )
            for name, source in document.sources.items()
        ],
        origin=facts.origin,
        default_weight_g=facts.default_weight_g,
    )


def _read(path: Path) -> LiveDocument:
    syntax: Syntax = "json" if path.suffix.lower() == ".json" else "toml"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Fault("", f"cannot be read: {why_unreadable(error)}")], source=str(path)) from error
    raw = read_text(text, syntax, source=str(path))
    try:
        return LiveDocument.model_validate(raw)
    except ValidationError as error:
        faults = model_faults(error.errors(include_url=False), raw, LiveDocument)
        raise InputError(faults, source=str(path)) from None


def _faults(document: LiveDocument, facts: PolicyFacts, environment: Mapping[str, str]) -> Iterator[Fault]:
    if facts.origin is None:
        remedy = "give the policy's first origin an address"
        yield Fault("sources", "nobody can be asked without a place that parcels leave from", "", remedy)
    for name, source in document.sources.items():
        at = f"sources.{name}"
        if not _is_safe(source.url):
            remedy = "write https://..., or http:// on this machine"
            yield Fault(f"{at}.url", "not a URL that keeps a token and an address secret", "", remedy)
        for code, method in source.methods.items():
            if method not in facts.live_methods:
                remedy = f"one of {', '.join(facts.live_methods)}" if facts.live_methods else ""
                why = "no method of the policy that is priced by = 'live'"
                yield Fault(f"{at}.methods.{code}", why, repr(method), remedy)
        if source.token_from and not environment.get(source.token_from):
            yield Fault(f"{at}.token_from", f"the environment has no {source.token_from}")


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    return bool((parts.scheme == "https" or is_local) and parts.hostname and not parts.username)
