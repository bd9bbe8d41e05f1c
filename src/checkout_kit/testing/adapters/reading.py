"""The part of the adapter suite about other spellings of a request: they must not change what is read."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import attrs

from checkout_kit.adapter import Capability, Options
from checkout_kit.cart import LineItem
from checkout_kit.errors import CheckoutKitError, InputError
from checkout_kit.shipping import QuoteRequest
from checkout_kit.testing.adapters.alone import nothing_by_itself, server_zone
from checkout_kit.testing.adapters.documents import Path, leaves, replaced, without
from checkout_kit.testing.adapters.replay import recorded_request
from checkout_kit.testing.adapters.supplied import Supplied
from checkout_kit.testing.quotes import SampleOption

MANY_LINES = 500
_OPTION = SampleOption(method_id="std-5d", title="Standard", price_minor=499)
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
# Of these dollars as floats, a hundredfold cut to a whole number is a cent less.
_PRICES = (12_814, 206_597, 262_143, 100_000_007)
_PARTS = ("region", "postal_code", "city")


class ReadingSuite(Supplied):
    """Inherited by AdapterConformance; varies the typical request, nothing more has to be recorded."""

    needs = frozenset({Capability.RATES})

    def test_unknown_members_are_skipped(self) -> None:
        """Platforms add fields without notice: a member nobody knows changes nothing."""
        document = self._document()
        for path, node in [((), document), *leaves(document)]:
            if isinstance(node, dict):
                grown = replaced(document, path, {**node, "x_new_in_2031": {"a": [1, None, "b"]}})
                read = self._read_document(grown, f"with an unknown member in {_shown(path)}")
                assert read == self.read(self.typical()), (
                    f"an unknown member in {_shown(path)} changes what is read; skip what you do not know"
                )

    def test_other_bytes_of_the_same_document_are_the_same_request(self) -> None:
        """Spaces, order of members and escaped letters are up to the sender: JSON is parsed, not searched."""
        document = self._document()
        spellings = (
            json.dumps(document, indent=2, ensure_ascii=False),
            json.dumps(document, sort_keys=True),
            re.sub(r"(?<=: )\"([^\"\\\\]+)\"", _escaped, json.dumps(document)),
        )
        for text in spellings:
            read = self._read_bytes(text.encode(), "written with other spaces or another order of members")
            assert read == self.read(self.typical()), (
                "the same document in other bytes is read differently; parse the body, do not search in it"
            )

    def test_letters_of_any_script_are_read(self) -> None:
        """A city in any script arrives letter for letter, escaped or not."""
        city = self.read(self.typical()).destination.city
        for name in ("Kraków-Śródmieście", "東京都", "Наб. Челны 🏙", 'L"Aquila\\'):
            if path := self._place_of_city(city):
                document = replaced(self._document(), path, name)
                for escaped in (True, False):
                    body = json.dumps(document, ensure_ascii=escaped).encode()
                    found = self._read_bytes(body, f"with the city {name!r}").destination.city
                    assert found == name, f"the city {name!r} is read as {found!r}; decode the body as UTF-8"

    def test_any_part_of_the_address_may_be_missing(self) -> None:
        """Shoppers see options before they have typed everything: null, empty or absent means unknown."""
        typical = self.read(self.typical()).destination
        for part in _PARTS:
            value = getattr(typical, part)
            # The same text may stand elsewhere too, as the origin's postal code for one.
            for path in [p for p, leaf in leaves(self._document()) if value and leaf == value]:
                for what, altered in self._missing(path):
                    read = self._read_document(altered, f"with {_shown(path)} {what} ({part})")
                    found = getattr(read.destination, part)
                    assert found in ("", value), f"{_shown(path)} {what}: {part} is read as {found!r}"

    def test_goods_without_sku_are_read(self) -> None:
        """Half of all goods have no sku: null and empty are both read as none."""
        for line in self.read(self.typical()).cart.lines[:1]:
            for path in [p for p, leaf in leaves(self._document()) if line.sku and leaf == line.sku]:
                for what, altered in self._missing(path):
                    self._read_document(altered, f"with {_shown(path)} {what} (sku)")

    def test_amounts_are_read_exactly(self) -> None:
        """Prices that no float holds are read to the cent, however large."""
        for path, leaf, cents in self._places_of(lambda line: line.unit_price):
            for price in _PRICES:
                written = _written_like(leaf, Decimal(str(leaf)) * price / cents)
                try:
                    read = self._parse(json.dumps(replaced(self._document(), path, written)).encode())
                except CheckoutKitError:
                    continue
                found = read.cart.lines[0].unit_price
                assert found == price, (
                    f"{_shown(path)} = {written!r} is read as {found} and not as {price}; amounts are "
                    "Decimal or int from the first to the last step: use decimal() and from_major, or whole()"
                )

    def test_half_a_unit_is_not_cut_off(self) -> None:
        """A quantity that is no whole number is refused, not rounded to another cart."""
        for path, _, _ in self._places_of(lambda line: line.quantity):
            try:
                read = self._parse(json.dumps(replaced(self._document(), path, 2.5)).encode())
            except CheckoutKitError:
                continue
            raise AssertionError(
                f"{_shown(path)} = 2.5 is read as {read.cart.lines[0].quantity}; whole() refuses it"
            )

    def test_five_hundred_lines_are_read(self) -> None:
        """A large order is read to its last line; none is dropped, and none refused for the number alone."""
        document, most = self._document(), 0
        for path, node in leaves(document):
            if isinstance(node, list) and node and all(isinstance(each, dict) for each in node):
                times = -(-MANY_LINES // len(node))
                for numbered in (False, True):
                    copies = [_numbered(each, n) if numbered else each for n in range(times) for each in node]
                    del copies[MANY_LINES:]
                    body = json.dumps(replaced(document, path, copies)).encode()
                    try:
                        most = max(most, len(self._parse(body).cart.lines))
                    except CheckoutKitError:
                        continue
        assert most >= MANY_LINES, (
            f"no list of the typical request repeated to {MANY_LINES} entries is read as so many lines "
            f"(at most {most} were); read every line, and bound the bytes with most_bytes instead"
        )

    def test_requests_do_not_touch_each_other(self) -> None:
        """Nothing is kept between requests: after others, the first is read and answered as before."""
        before, options = self.read(self.typical()), Options(quote=self.sample("USD", _OPTION))
        answered = self.render(options, before).body
        for replay in self.replays("rates").values():
            try:
                other = self.adapter.parse_rates(recorded_request(replay["request"]), now=self.now)
            except CheckoutKitError:
                continue
            self.render(Options(quote=self.sample(other.cart.currency, _OPTION)), other)
            assert self.render(options, before).body == answered, (
                f"an answer differs after the request {replay.case!r}; take everything from the outcome and "
                "the request given"
            )
        assert self.read(self.typical()) == before, "a request is read otherwise after others; keep no state"

    def test_the_server_s_own_zone_counts_for_nothing(self) -> None:
        """Whether the server stands in Samoa or on Kiritimati, requests and answers are the same."""
        seen = []
        option = attrs.evolve(_OPTION, promise=self.promise)
        for zone in ("Pacific/Pago_Pago", "Pacific/Kiritimati"):
            with server_zone(zone):
                read = self.read(self.typical())
                seen.append((read, self.render(Options(quote=self.sample("USD", option)), read).body))
        assert seen[0] == seen[1], (
            "the server's own time zone changes what is read or answered: use astimezone(ZoneInfo(...)) with "
            "a zone from the settings, never astimezone() or date.today()"
        )

    def test_answering_reaches_for_nothing(self) -> None:
        """Verifying, reading and answering open no connection and do not wait: the core calls out."""
        with nothing_by_itself() as tried:
            self.adapter.verify_rates(self.signed(self.plain_request()), now=self.now)
            self.render(Options(quote=self.sample("USD", _OPTION)))
        assert not tried, (
            f"the adapter {tried[0]} by itself; yield what must be fetched before from fetch_first"
        )

    # Shared by the tests above

    def _document(self) -> Any:
        return json.loads(self.plain_request().body)

    def _parse(self, body: bytes) -> QuoteRequest:
        request = attrs.evolve(self.plain_request(), body=body)
        return self.adapter.parse_rates(request, now=self.now)

    def _read_bytes(self, body: bytes, what: str) -> QuoteRequest:
        try:
            return self._parse(body)
        except InputError as error:
            raise AssertionError(f"the typical request {what} is refused: {error}") from error

    def _read_document(self, document: Any, what: str) -> QuoteRequest:
        return self._read_bytes(json.dumps(document).encode(), what)

    def _place_of_city(self, city: str) -> Path | None:
        """Where in the typical request the city comes from, found by altering each place that names it."""
        document = self._document()
        for path, leaf in leaves(document):
            if city and leaf == city:
                try:
                    read = self._parse(json.dumps(replaced(document, path, "Elsewhere")).encode())
                except CheckoutKitError:
                    continue
                if read.destination.city == "Elsewhere":
                    return path
        return None

    def _places_of(self, fact: Callable[[LineItem], int]) -> Iterator[tuple[Path, Any, int]]:
        """Where a fact of the first line comes from: a place it doubles with, what is there, and the fact."""
        document, before = self._document(), self.read(self.typical()).cart.lines[0]
        for path, leaf in leaves(document):
            is_text = isinstance(leaf, str) and _NUMBER.fullmatch(leaf)
            if isinstance(leaf, bool) or not (isinstance(leaf, int | float) or is_text) or not fact(before):
                continue
            number = Decimal(str(leaf)) * 2
            doubled = str(number) if is_text else type(leaf)(number)
            try:
                line = self._parse(json.dumps(replaced(document, path, doubled)).encode()).cart.lines[0]
            except CheckoutKitError:
                continue
            if number and fact(line) == 2 * fact(before):
                yield path, leaf, fact(before)

    def _missing(self, path: Path) -> Iterator[tuple[str, Any]]:
        document = self._document()
        yield "null", replaced(document, path, None)
        yield "empty", replaced(document, path, "")
        if isinstance(path[-1], str):
            yield "absent", without(document, path)


def _escaped(found: re.Match[str]) -> str:
    return '"' + "".join(f"\\u{ord(letter):04x}" for letter in found[1]) + '"'


def _written_like(leaf: object, number: Decimal) -> str | int | float:
    if isinstance(leaf, str):
        return str(number)
    return int(number) if number == int(number) else float(number)


def _shown(path: Path) -> str:
    return ".".join(map(str, path)) or "the body"


def _numbered(line: Any, number: int) -> Any:
    """A copy of a line whose ids are its own: texts get a number appended, numbers are moved on."""
    own = copy.deepcopy(line)
    for path, leaf in list(leaves(own)):
        name = str(path[-1]).lower()
        if name.endswith(("id", "key", "token", "uuid")) and number:
            if isinstance(leaf, str):
                own = replaced(own, path, f"{leaf}{number}")
            elif isinstance(leaf, int) and not isinstance(leaf, bool):
                own = replaced(own, path, leaf + number * 1000)
    return own
