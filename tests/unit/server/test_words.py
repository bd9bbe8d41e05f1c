"""The page's languages: complete, safe to fill in, and chosen as the buyer wishes."""

import ast
from importlib.resources import files
from pathlib import Path

import pytest

import checkout_kit
from checkout_kit.errors import InputError
from checkout_kit.server import PageSettings
from checkout_kit.server.words import accepted_locales, load_words, read_words, shipped_words
from checkout_kit.testing.checkouts import NOON

ENGLISH = files("checkout_kit.server").joinpath("languages/en.toml").read_text(encoding="utf-8")
TRANSLATED = sorted(set(shipped_words()) - {"en"})
SOURCES = Path(checkout_kit.__file__).parent


def codes_in(path: str, keyword: str) -> set[str]:
    """Every text given under a keyword in a module."""
    tree = ast.parse((SOURCES / path).read_text(encoding="utf-8"))
    return {
        word.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for word in node.keywords
        if word.arg == keyword and isinstance(word.value, ast.Constant) and isinstance(word.value.value, str)
    }


def test_four_languages_come_along() -> None:
    """Reading them checks that each says everything and fills in nothing else."""
    assert {"en", "de", "fr", "es"} <= set(shipped_words())


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_problem_is_said_in_every_language(language: str) -> None:
    """A problem that is new in the checkout is not left in English."""
    codes = codes_in("checkout/problems.py", "code") - {"address_invalid"}
    assert len(codes) > 10
    words = shipped_words()[language]
    assert [code for code in sorted(codes) if words.by_code("problem", code, "") == ""] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_reason_has_an_answer(language: str) -> None:
    """A reason without words of its own gets the general ones; English keeps its own sentence."""
    words = shipped_words()[language]
    assert words.by_code("reason", "quite_new", "in English") == words("reason_other")
    assert shipped_words()["en"].by_code("reason", "quite_new", "in English") == "in English"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('email = "Email"\n', ""), "email: is not translated"),
        (('email = "Email"', "email = 3"), "email: must be a text"),
        (('email = "Email"', 'email = "{0}"'), "email: may fill in nothing"),
        (('email = "Email"', 'email = "{"'), "email: may fill in nothing"),
        (('email = "Email"', 'email = "E|mail"'), "email: may fill in nothing"),
        (("Delivery {number}", "Delivery {nummer}"), "delivery_number: may fill in Number, number"),
        (("Order within |", "Order soon"), "order_within: may fill in nothing"),
        (('email = "Email"', 'email = "Email"\nmail = "x"'), "mail: is no text of the page"),
        (('email = "Email"', "email = "), "Invalid value"),
    ],
)
def test_a_broken_catalogue_names_its_faults(change: tuple[str, str], message: str) -> None:
    """What would break the page, or leave a hole in it, is refused when it is read."""
    assert change[0] in ENGLISH
    with pytest.raises(InputError) as caught:
        read_words("it", ENGLISH.replace(*change), source="it.toml")
    assert message in str(caught.value)


def test_a_language_is_added_by_a_file(tmp_path: Path) -> None:
    """Named by its code, given to the page's settings, spoken to whoever wishes it."""
    path = tmp_path / "it.toml"
    path.write_text(ENGLISH.replace('"Place order"', '"Ordina e paga"'), encoding="utf-8")
    settings = PageSettings(words={"it": load_words(path)})
    reading = settings.read_by(["it_IT"], NOON)
    assert (reading.words("place_order"), reading.locale) == ("Ordina e paga", "it_IT")
    with pytest.raises(InputError, match="cannot be read"):
        load_words(tmp_path / "pt.toml")
    with pytest.raises(InputError, match="is not a code"):
        read_words("Italian", ENGLISH)


@pytest.mark.parametrize(
    ("wishes", "locale", "language"),
    [
        (["de_AT", "fr"], "de_AT", "de"),
        (["de-AT", "fr"], "de_AT", "de"),
        (["zz-ZZ", "de-XQ"], "de", "de"),
        (["xx", "fr"], "fr", "fr"),
        (["de_XQ"], "de", "de"),
        (["pl"], "en_GB", "en"),
        (["en_US"], "en_GB", "en"),
        (["es", "en_US"], "en_GB", "en"),
        ([], "en_GB", "en"),
    ],
)
def test_the_dearest_language_the_page_may_speak_is_chosen(
    wishes: list[str], locale: str, language: str
) -> None:
    """Of the languages the shop allows; in the shop's own it keeps the shop's form of dates."""
    settings = PageSettings(locale="en_GB", languages=("en", "de", "fr"))
    reading = settings.read_by(wishes, NOON)
    assert (reading.locale, reading.words.language) == (locale, language)


def test_a_locale_without_words_still_forms_dates_and_amounts() -> None:
    """A shop in Brazil gets its amounts, and English words until somebody translates them."""
    reading = PageSettings(locale="pt_BR").read_by([], NOON)
    assert (reading.words.language, reading.money(123456, "BRL")) == ("en", "R$\xa01.234,56")
    assert PageSettings(locale="pt-BR").read_by([], NOON).money(123456, "BRL") == "R$\xa01.234,56"


@pytest.mark.parametrize("header", ["", "*", "de;q=x", "de;q=2;;", "../../etc/passwd", "de\x00", "," * 5000])
def test_a_strange_header_wishes_nothing(header: str) -> None:
    """Only languages are taken from it."""
    assert accepted_locales(header) == ()
