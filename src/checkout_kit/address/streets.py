"""Street lines as comparable words: case, accents, punctuation and everyday abbreviations set aside."""

import re
import unicodedata
from functools import lru_cache

from attrs import frozen

from checkout_kit.address.national import fold

# Only pairs in everyday use on mail (USPS Publication 28, appendix C, and the usage of the other countries):
# a wrong entry here would merge two addresses silently.
_ENGLISH = """
avenue=ave av=ave boulevard=blvd boul=blvd circle=cir close=cl court=ct crescent=cres cresc=cres drive=dr
drv=dr expressway=expy freeway=fwy gardens=gdns grove=gr heights=hts highway=hwy junction=jct lane=ln
parkway=pkwy place=pl plaza=plz road=rd saint=st square=sq street=st str=st terrace=ter terr=ter
trail=trl turnpike=tpke north=n south=s east=e west=w
northeast=ne northwest=nw southeast=se southwest=sw mount=mt fort=ft
"""
_SPANISH = (
    "calle=c avenida=av avda=av avd=av plaza=pl pza=pl plza=pl carretera=ctra paseo=p pso=p numero=no num=no"
)
_PORTUGUESE = (
    "rua=r avenida=av travessa=tv praca=pc pca=pc alameda=al estrada=est rodovia=rod numero=no num=no"
)
_FRENCH = (
    "avenue=av ave=av boulevard=bd boul=bd bld=bd place=pl route=rte chemin=ch faubourg=fbg"
    " saint=st sainte=ste"
)
_ITALIAN = "viale=vle piazza=pza corso=cso largo=lgo"
_GERMAN = "strasse=str platz=pl sankt=st"
_DUTCH = "straat=str plein=pl laan=ln"
_POLISH = "ulica=ul aleja=al aleje=al plac=pl osiedle=os"

_WORDS = {
    **dict.fromkeys(
        ("US", "CA", "GB", "IE", "AU", "NZ", "IN", "ZA", "SG", "PH", "JE", "GG", "IM", "PR"), _ENGLISH
    ),
    **dict.fromkeys(("ES", "MX", "AR", "CL", "CO", "PE", "UY", "VE", "EC"), _SPANISH),
    **dict.fromkeys(("BR", "PT"), _PORTUGUESE),
    **dict.fromkeys(("FR", "LU", "MC"), _FRENCH),
    **dict.fromkeys(("DE", "AT", "CH", "LI"), _GERMAN),
    "IT": _ITALIAN,
    "NL": _DUTCH,
    "BE": f"{_DUTCH} {_FRENCH}",
    "PL": _POLISH,
}
# Compound street names: Hauptstrasse is Hauptstr., Kerkstraat is Kerkstr.
_ENDINGS = {
    **dict.fromkeys(("DE", "AT", "CH", "LI"), (("strasse", "str"), ("platz", "pl"))),
    **dict.fromkeys(("NL", "BE"), (("straat", "str"),)),
}
# "#4", "Apt 4" and "Unit 4" name the same door; a floor or a suite is another kind of place.
_DOORS = {
    **dict.fromkeys(
        ("apt", "apartment", "unit", "flat", "apto", "apartamento", "appartement", "appt"), "apt"
    ),
    **dict.fromkeys(("ste", "suite"), "ste"),
    **dict.fromkeys(("fl", "floor"), "fl"),
    **dict.fromkeys(("bldg", "building"), "bldg"),
    **dict.fromkeys(("rm", "room"), "rm"),
}
_NOISE = frozenset({"no", "nr", "ul"})
_TOKEN = re.compile(r"#|[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_JAPANESE_BLOCKS = re.compile(r"(?<=\d)(?:丁目|番地|番|号)")


@frozen
class Street:
    """Both street lines as words in order, doors (`apt 4`) taken out, and lines in a fixed order."""

    words: tuple[str, ...]
    doors: tuple[str, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every word with a digit in it, sorted: house, plot and door numbers."""
        return tuple(sorted(word for word in self.words if any(map(str.isdigit, word))))

    @property
    def names(self) -> tuple[str, ...]:
        """Every word without a digit, sorted."""
        return tuple(sorted(word for word in self.words if not any(map(str.isdigit, word))))


def read_street(country: str, line1: str, line2: str) -> Street:
    """The comparable form of two street lines; which text stood on which line makes no difference.

    >>> read_street("US", "9 Oak Avenue, Apt. 4b", "") == read_street("US", "#4B", "9 oak ave")
    True
    """
    doors: list[str] = []
    lines = [_words(country, line, doors) for line in (line1, line2)]
    lines.sort(key=lambda words: (not any(map(str.isdigit, " ".join(words))), words))
    return Street(words=tuple(lines[0] + lines[1]), doors=tuple(sorted(doors)))


def _words(country: str, line: str, doors: list[str]) -> list[str]:
    """The words of one line; what follows a door word goes to `doors`."""
    table, endings = _table(country), _ENDINGS.get(country, ())
    parts = [fold(part) or part for part in _TOKEN.findall(_spaced(country, line.translate(_APOSTROPHES)))]
    words: list[str] = []
    door = ""
    for place, part in enumerate(parts):
        after = parts[place + 1] if place + 1 < len(parts) else ""
        if door:
            # "Apt #4" names one door, not two.
            if part != "#":
                doors.append(f"{door} {part}")
                door = ""
        elif part == "#" or (part in _DOORS and (after == "#" or _is_door(after))):
            door = _DOORS.get(part, "apt")
        elif table.get(part, part) not in _NOISE:
            word = table.get(part, part)
            for long, short in endings:
                if word.endswith(long) and len(word) > len(long):
                    word = word.removesuffix(long) + short
            words.append(word)
    return words


def _spaced(country: str, line: str) -> str:
    """The line with raised, ringed and fraction digits kept apart from what stands before them."""
    if line.isascii():
        return line
    line = _composed(line)
    if country == "JP":
        line = _JAPANESE_BLOCKS.sub(" ", unicodedata.normalize("NFKC", line))
    return "".join(
        " " + unicodedata.normalize("NFKC", char).replace("⁄", " ")
        if unicodedata.decomposition(char).startswith(("<fraction>", "<super> 003", "<circle> 003"))
        or char in "¹²³"
        else char
        for char in line
    )


def plain_words(country: str, text: str) -> tuple[str, ...]:
    """Folded words with the country's abbreviations applied: the comparable form of a town or a person."""
    tokens = [fold(token) for token in _TOKEN.findall(_composed(text).translate(_APOSTROPHES))]
    table = _table(country)
    return tuple(table.get(token, token) for token in tokens if token)


def _composed(text: str) -> str:
    # Some keyboards send an accent as a character of its own, which would split the word, also a wide one.
    if text.isascii():
        return text
    narrow = (
        unicodedata.normalize("NFKC", char) if unicodedata.east_asian_width(char) in "FH" else char
        for char in text
    )
    return unicodedata.normalize("NFC", "".join(narrow))


def _is_door(token: str) -> bool:
    return token != "" and (len(token) == 1 or any(map(str.isdigit, token)))


def spellings(country: str, word: str) -> tuple[str, ...]:
    """A normalised word with every longer form it may stand for, so that a typo in the long form is seen.

    >>> spellings("DE", "hauptstr")
    ('hauptstr', 'hauptstrasse')
    """
    longer = [long for long, short in _table(country).items() if short == word]
    for long, short in _ENDINGS.get(country, ()):
        if word.endswith(short) and word != short:
            longer.append(word.removesuffix(short) + long)
    return (word, *longer)


@lru_cache(maxsize=64)
def _table(country: str) -> dict[str, str]:
    pairs = (pair.split("=") for pair in _WORDS.get(country, "").split())
    return {long: short for long, short in pairs}  # noqa: C416 - dict() of lists is no dict[str, str]
