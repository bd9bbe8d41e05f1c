"""Noisy re-entries of known addresses find their record; neighbours never do.

The addresses, the noise and the oracle are this module's own; nothing here uses the normal form under test.
"""

import random
import unicodedata
from collections import Counter

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from checkout_kit.address import (
    Address,
    AddressBook,
    Exact,
    Probable,
    adopt,
    confirm_same,
    content_key,
    match,
)

FIRST = "Eva Ben Ada Omar Lucía Jürgen Zoë Mateus Piotr Hanna Noor Fiona Declan Aiko Chloé Bjørn".split()
LAST = "Cruz Novák Okafor Müller García Silva Kowalski Jansen Byrne Tanaka Lefèvre Haugen Whitfield".split()

# country, region code and name, (city, postal code), street pattern, street names
PLACES = [
    ("US", "TX", "Texas", ("Austin", "73301"), "{n} {s} {t}", "Oak Maple Guadalupe Lamar Congress"),
    ("US", "NY", "New York", ("Brooklyn", "11201"), "{n} {s} {t}", "Atlantic Court Remsen Joralemon"),
    ("CA", "QC", "Québec", ("Montréal", "H3Z 2Y7"), "{n} {s} {t}", "Sherbrooke Peel Crescent Drummond"),
    ("GB", "", "", ("Bristol", "BS1 4ST"), "{n} {s} {t}", "Queen Castle Marsh Corn Baldwin"),
    ("IE", "D", "Co. Dublin", ("Dublin", "D02 XY45"), "{n} {s} {t}", "Merrion Pearse Baggot Leeson"),
    ("DE", "", "", ("München", "80331"), "{s}{t} {n}", "Linden Schiller Goethe Garten Kirch"),
    ("FR", "", "", ("Besançon", "25000"), "{n} {t} {s}", "Molière Pasteur Voltaire Gambetta"),
    ("ES", "M", "Madrid", ("Alcalá de Henares", "28801"), "{t} {s} {n}", "Mayor Serrano Velázquez Goya"),
    ("BR", "SP", "São Paulo", ("São Paulo", "01310-100"), "{t} {s} {n}", "Augusta Bahia Itápolis Piauí"),
    ("NL", "", "", ("Utrecht", "3511 AB"), "{s}{t} {n}", "Kerk Molen Dorps School"),
    ("PL", "", "", ("Łódź", "90-001"), "{t} {s} {n}", "Długa Piotrkowska Zielona Wschodnia"),
]
TYPES = {
    "US": [("Avenue", "Ave"), ("Street", "St."), ("Drive", "Dr")],
    "CA": [("Street", "St"), ("Road", "Rd")],
    "GB": [("Road", "Rd"), ("Street", "St"), ("Lane", "Ln")],
    "IE": [("Street", "St."), ("Square", "Sq")],
    "DE": [("straße", "str."), ("platz", "pl.")],
    "FR": [("Avenue", "Av."), ("Boulevard", "Bd")],
    "ES": [("Calle", "C/"), ("Avenida", "Avda.")],
    "BR": [("Rua", "R."), ("Avenida", "Av.")],
    "NL": [("straat", "str."), ("laan", "laan")],
    "PL": [("ulica", "ul."), ("aleja", "al.")],
}


def seeded_addresses(rng: random.Random, count: int) -> list[Address]:
    """Distinct addresses: no two share person, street and number, or differ only by a slip of the finger."""
    found: dict[tuple[str, ...], Address] = {}
    while len(found) < count:
        country, region, _, (city, postal), pattern, names = rng.choice(PLACES)
        street, (long, _) = rng.choice(names.split()), rng.choice(TYPES[country])
        number = str(rng.randrange(1, 400))
        unit = f"Apt {rng.randrange(1, 60)}" if country in ("US", "CA") and rng.random() < 0.5 else ""
        person = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
        address = Address(
            country=country,
            name=person,
            line1=pattern.format(n=number, s=street, t=long),
            line2=unit,
            city=city,
            region=region,
            postal_code=postal,
            phone="+1 555 0100",
        )
        found.setdefault((country, city, street, number, unit), address)
    return list(found.values())


def slip(rng: random.Random, text: str) -> str:
    """One letter dropped, doubled, swapped or replaced in one longer word."""
    words = text.split(" ")
    places = [i for i, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not places:
        return text
    at = rng.choice(places)
    word, i = words[at], rng.randrange(1, len(words[at]) - 1)
    words[at] = rng.choice(
        [
            word[:i] + word[i + 1 :],
            word[:i] + word[i] + word[i:],
            word[:i] + word[i + 1] + word[i] + word[i + 2 :],
            word[:i] + rng.choice("aeiostrn") + word[i + 1 :],
        ]
    )
    return " ".join(words)


def bare(text: str) -> str:
    """The text as typed on a keyboard without accents."""
    text = text.translate(str.maketrans("łŁøØ", "lLoO"))
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def abbreviate(rng: random.Random, address: Address) -> Address:
    """Street types and doors written the other usual way."""
    line = address.line1
    for long, short in TYPES.get(address.country, []):
        line = line.replace(long, short)
    return evolve(
        address, line1=line, line2=address.line2.replace("Apt ", rng.choice(["#", "Apartment ", "apt."]))
    )


def shout(rng: random.Random, address: Address) -> Address:
    """Everything in one case."""
    change = rng.choice([str.upper, str.lower])
    return evolve(address, **{f: change(getattr(address, f)) for f in ("name", "line1", "line2", "city")})


def unaccented(_: random.Random, address: Address) -> Address:
    """No accents anywhere."""
    return evolve(address, **{f: bare(getattr(address, f)) for f in ("name", "line1", "line2", "city")})


def one_line(_: random.Random, address: Address) -> Address:
    """The door behind the street instead of on its own line."""
    return evolve(address, line1=f"{address.line1}, {address.line2}".strip(", "), line2="")


def swapped(_: random.Random, address: Address) -> Address:
    """The two street lines the other way round."""
    return evolve(address, line1=address.line2 or address.line1, line2=address.line1 if address.line2 else "")


def respelled_region(_: random.Random, address: Address) -> Address:
    """The region by name instead of code."""
    names = {(place[0], place[1]): place[2] for place in PLACES}
    return evolve(address, region=names.get((address.country, address.region), ""))


def spaced(rng: random.Random, address: Address) -> Address:
    """Blanks, full stops and the postal code's separator where they do not matter, and another phone."""
    postal = address.postal_code.replace(" ", "").replace("-", "").lower()
    return evolve(
        address,
        line1=f" {address.line1.replace(' ', '  ')}.",
        city=f"{address.city} ",
        postal_code=postal,
        phone=f"+44 20 {rng.randrange(10**6)}",
    )


COSMETIC = (abbreviate, shout, unaccented, one_line, swapped, respelled_region, spaced)


def street_slip(rng: random.Random, address: Address) -> Address:
    """A typing mistake in the street."""
    return evolve(address, line1=slip(rng, address.line1))


def city_slip(rng: random.Random, address: Address) -> Address:
    """A typing mistake in the town."""
    return evolve(address, city=slip(rng, address.city))


def name_slip(rng: random.Random, address: Address) -> Address:
    """A typing mistake in the name, or the names turned round."""
    first, last = address.name.split(" ")
    return evolve(
        address, name=rng.choice([slip(rng, address.name), f"{last}, {first}", f"{first[0]}. {last}"])
    )


def no_region(_: random.Random, address: Address) -> Address:
    """The region left out."""
    return evolve(address, region="")


MISTAKES = (street_slip, city_slip, name_slip, no_region)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_noisy_re_entries_of_a_hundred_addresses_leave_a_hundred(seed: int) -> None:
    """Each re-entry is reused silently or asked about with the right record, so the book does not grow."""
    rng = random.Random(seed)
    originals = seeded_addresses(rng, 100)
    book = adopt(AddressBook(), originals, new_ids=(f"a{i}" for i in range(100))).book
    assert len(book.saved) == 100
    outcomes: Counter[str] = Counter()
    for _ in range(1000):
        truth = rng.randrange(100)
        typed = originals[truth]
        for noise in (*rng.sample(MISTAKES, rng.randrange(3)), *rng.sample(COSMETIC, rng.randrange(1, 4))):
            typed = noise(rng, typed)
        found = match(book, typed)
        assert found is not None, typed
        assert found.saved.id == f"a{truth}", typed
        if isinstance(found, Probable):
            book, _ = confirm_same(book, found.saved.id, typed)
        outcomes[type(found).__name__] += 1
        book, kept = book.save(typed, id="never")
        assert kept.id == f"a{truth}"
    assert [one.address for one in book.saved] == originals
    assert outcomes["Exact"] > 300
    assert outcomes["Probable"] > 300


@pytest.mark.parametrize("seed", range(20))
def test_cosmetic_differences_are_never_asked_about(seed: int) -> None:
    """Case, accents, abbreviations, blanks, line order and the region's spelling change nothing."""
    rng = random.Random(seed)
    asked = []
    for address in seeded_addresses(rng, 20):
        typed = address
        for noise in rng.sample(COSMETIC, 4):
            typed = noise(rng, typed)
        if content_key(typed) != content_key(address):
            asked.append((address, typed))
    assert asked == []


def neighbours(rng: random.Random, address: Address) -> list[Address]:
    """Addresses close by that are others: next door, another door, another person, another town."""
    digits = next(word for word in address.line1.replace(",", " ").split() if word.isdigit())
    found = [
        evolve(address, line1=address.line1.replace(digits, str(int(digits) + 1))),
        evolve(address, line1=address.line1.replace(digits, digits[::-1] + "7")),
        evolve(address, line1=address.line1.replace(digits, f"{digits}b")),
        evolve(address, name="Wilhelmina Featherstonehaugh"),
        evolve(address, city="Thessaloniki"),
        evolve(address, country="NZ"),
    ]
    if address.line2:
        number = int(address.line2.removeprefix("Apt "))
        found.append(evolve(address, line2=f"Apt {number + 1}"))
        found.append(evolve(address, line2=f"#{number}A"))
        if str(number) != digits:
            swapped_numbers = address.line1.replace(digits, str(number), 1)
            found.append(evolve(address, line1=swapped_numbers, line2=f"Apt {digits}"))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_neighbours_are_never_merged_or_even_asked_about(seed: int) -> None:
    """Another number, door, person, town or country is another address, also when typed noisily."""
    rng = random.Random(seed)
    confused = []
    for address in seeded_addresses(rng, 60):
        book, _ = AddressBook().save(address, id="home")
        for other in neighbours(rng, address):
            noise = rng.choice([abbreviate, shout, unaccented, one_line, spaced, no_region])
            typed = noise(rng, other)
            if match(book, typed) is not None:
                confused.append((address, typed))
            grown, kept = book.save(typed, id="new")
            assert (len(grown.saved), kept.id) == (2, "new")
    assert confused == []


def overlap(one: Address, other: Address) -> float:
    """How alike two addresses look to the oracle: Dice's measure over the letter pairs of everything."""
    pairs = []
    for a in (one, other):
        text = bare(" ".join((a.name, a.line1, a.line2, a.city, a.postal_code)).lower())
        pairs.append(Counter(text[i : i + 2] for i in range(len(text) - 1)))
    shared = sum((pairs[0] & pairs[1]).values())
    return 2 * shared / (sum(pairs[0].values()) + sum(pairs[1].values()))


def test_the_record_found_is_the_one_a_brute_force_comparison_finds_nearest() -> None:
    """An oracle that knows no addresses, only letter pairs, points at the record that is offered."""
    rng = random.Random(11)
    originals = seeded_addresses(rng, 100)
    book = adopt(AddressBook(), originals, new_ids=(f"a{i}" for i in range(100))).book
    disagreements = 0
    for _ in range(200):
        typed = rng.choice(originals)
        for noise in rng.sample((*MISTAKES, one_line, abbreviate), 2):
            typed = noise(rng, typed)
        nearest = max(book.saved, key=lambda one, typed=typed: overlap(one.address, typed))
        found = match(book, typed)
        disagreements += found is None or found.saved.id != nearest.id
    assert disagreements <= 2


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=12)
addresses = st.builds(
    Address,
    country=st.sampled_from(["US", "GB", "DE", "JP", "HK", "ZZ"]),
    **dict.fromkeys(("name", "company", "line1", "line2", "city", "region", "postal_code", "phone"), text),
)


@given(address=addresses)
def test_the_normal_form_is_total_and_blind_to_case_and_blanks(address: Address) -> None:
    """Any text at all has a key; blanks around and the phone never change it."""
    key = content_key(address)
    padded = {f: f"  {getattr(address, f)} " for f in ("name", "company", "line1", "city")}
    assert content_key(evolve(address, **padded, phone="1")) == key


@given(address=addresses)
def test_the_normal_form_does_not_depend_on_how_accents_are_encoded(address: Address) -> None:
    """Composed and decomposed characters are the same text to a reader, and to the key."""
    fields = ("name", "company", "line1", "line2", "city")
    keys = {
        content_key(evolve(address, **{f: unicodedata.normalize(form, getattr(address, f)) for f in fields}))
        for form in ("NFC", "NFD")
    }
    assert len(keys) == 1


@given(many=st.lists(addresses, max_size=8))
def test_a_book_never_holds_one_content_twice(many: list[Address]) -> None:
    """Whatever is saved in whatever order, keys stay unique and saving again changes nothing."""
    book = AddressBook()
    for i, address in enumerate(many):
        book, kept = book.save(address, id=f"a{i}")
        assert content_key(kept.address) == content_key(address)
    assert len({one.key for one in book.saved}) == len(book.saved) == len(set(map(content_key, many)))
    for address in many:
        assert isinstance(match(book, address), Exact)
        assert book.save(address, id="again")[0] == book
