"""The page's own words: one catalogue a language, and which of them a buyer reads."""

import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from attrs import field, frozen

from checkout_kit.errors import Fault, InputError

SOURCE_LANGUAGE: Final = "en"
# English says these in full where they arise; a translation says them in short, by their codes.
_BY_CODE: Final = ("problem_", "reason_", "notice_")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_ACCEPTED: Final = re.compile(
    r"\s*([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?", re.ASCII
)
_MOST_ACCEPTED: Final = 20


@frozen
class Words:
    """The texts of one language by key; `language` is its code, such as `de`."""

    language: str
    _texts: Mapping[str, str] = field(repr=False)

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key with its `{names}` filled in.

        >>> shipped_words()["de"]("delivery_number", number=2)
        'Lieferung 2'
        """
        return self._texts[key].format(**values)

    def around(self, key: str) -> tuple[str, str]:
        """What stands before and after the `|` of a text, where a link or a clock goes."""
        before, _, after = self._texts[key].partition("|")
        return before, after

    def by_code(self, kind: str, code: str, otherwise: str) -> str:
        """What to say of a problem, reason or notice: this language's words for it, else the English text."""
        found = self._texts.get(f"{kind}_{code}") or self._texts.get(f"{kind}_other")
        return otherwise if found is None else found


def load_words(path: Path) -> Words:
    """A language from a TOML file named by its code, such as `it.toml`.

    Raises:
        InputError: the file cannot be read, a text is missing or unknown, or fills in other names.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError.of("words", "cannot be read", found=str(path)) from error
    return read_words(path.stem, text, source=str(path))


def read_words(language: str, text: str, *, source: str = "") -> Words:
    """A language from the text of its catalogue; see `load_words`."""
    if not _LANGUAGE.fullmatch(language):
        raise InputError.of("language", "is not a code of two or three small letters", found=language)
    try:
        texts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError([Fault("", str(error))], source=source) from error
    model = texts if language == SOURCE_LANGUAGE else _source_texts()
    faults = [Fault(key, "is not translated") for key in model if key not in texts]
    for key, value in texts.items():
        if not isinstance(value, str):
            faults.append(Fault(key, "must be a text"))
        elif key in model:
            # A language may want what English says inside a sentence to begin with a capital: {Part}.
            known = {form for name in _names(model[key]) for form in (name, name.capitalize())}
            if not _names(value) <= known or ("|" in value) != ("|" in model[key]):
                names = ", ".join(sorted(known)) or "nothing"
                faults.append(Fault(key, f"may fill in {names}", remedy="keep the {names} and the |"))
        elif not key.startswith(_BY_CODE):
            faults.append(Fault(key, "is no text of the page"))
    if faults:
        raise InputError(faults, source=source)
    return Words(language, texts)


def _names(text: str) -> set[str]:
    try:
        found = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"{"}
    return found


def _source_texts() -> Mapping[str, str]:
    return tomllib.loads(_folder_texts()[SOURCE_LANGUAGE])


@lru_cache(maxsize=1)
def _folder_texts() -> Mapping[str, str]:
    folder = files("checkout_kit.server").joinpath("languages")
    return {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }


@lru_cache(maxsize=1)
def shipped_words() -> Mapping[str, Words]:
    """The languages that come with the package, by code."""
    return {language: read_words(language, text) for language, text in _folder_texts().items()}


def accepted_locales(header: str) -> tuple[str, ...]:
    """The locales of an `Accept-Language` header, the dearest first.

    Source: RFC 9110, 12.5.4 (2022-06).

    >>> accepted_locales("fr;q=0.5, de-AT, *;q=0.1, en;q=0")
    ('de_AT', 'fr')
    """
    found: list[tuple[float, int, str]] = []
    for part in header.split(",")[:_MOST_ACCEPTED]:
        match = _ACCEPTED.fullmatch(part)
        weight = float(match[3] or 1) if match else 0.0
        if match and weight > 0:
            locale = match[1].lower() + (f"_{match[2].upper()}" if match[2] else "")
            found.append((-weight, len(found), locale))
    return tuple(locale for _, _, locale in sorted(found))


def choose_locale(wishes: Iterable[str], default: str, spoken: Iterable[str]) -> str:
    """The first wish whose language is spoken, else the default, as CLDR writes it.

    A wish in the default's own language is answered in the default, which the shop has chosen with care.

    >>> choose_locale(["it", "de-AT", "en_US"], "en_GB", ["en", "de"])
    'de_AT'
    >>> choose_locale(["en_US"], "en-GB", ["en", "de"])
    'en_GB'
    """
    languages, chosen = set(spoken), default.replace("-", "_")
    for wish in wishes:
        language = language_of(wish)
        if language == language_of(default):
            return chosen
        if language in languages:
            locale = wish.replace("-", "_")
            return locale if _is_known(locale) else language
    return chosen


def language_of(locale: str) -> str:
    """The language of a locale such as `pt_BR` or `pt-BR`."""
    return locale.replace("-", "_").partition("_")[0].lower()


@lru_cache(maxsize=256)
def _is_known(locale: str) -> bool:
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(locale)
    except (ValueError, UnknownLocaleError):
        return False
    return True
