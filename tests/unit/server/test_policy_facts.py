"""The page knows from the policy where the shop ships and what time it is there."""

from pathlib import Path

import pytest

from checkout_kit.errors import PolicyError
from checkout_kit.server.policy_facts import load_facts

ORIGIN = '[origins.here]\naddress = { country = "NL" }\ntimezone = "Europe/Amsterdam"\ncutoff = "14:00"\n'
METHOD = '[[methods]]\nid = "post"\ntitle = "Post"\nprice = "5.00"\n'


def facts(tmp_path: Path, zones: str) -> tuple[str, ...]:
    """The countries of a policy with these zones."""
    file = tmp_path / "policy.toml"
    file.write_text(f'currency = "EUR"\n{ORIGIN}{zones}{METHOD}')
    return load_facts(file).countries


def test_the_shops_own_country_comes_first(tmp_path: Path) -> None:
    """The origin's country, then those the zones name, each once."""
    zones = '[zones.a]\nwhere = [{ countries = ["BE", "NL"] }]\n[zones.b]\nwhere = [{ country = "DE" }]\n'
    assert facts(tmp_path, zones) == ("NL", "BE", "DE")


def test_groups_are_spelled_out(tmp_path: Path) -> None:
    """A country group is its countries."""
    assert len(facts(tmp_path, '[zones.a]\nwhere = [{ group = "EU" }]\n')) == 27


def test_an_open_zone_means_every_country(tmp_path: Path) -> None:
    """The rest of the world is every country there is, still the own one first."""
    countries = facts(tmp_path, "[zones.a]\nrest_of_world = true\n")
    assert countries[0] == "NL"
    assert len(countries) == len(set(countries)) > 200


def test_the_zone_is_the_first_origins(tmp_path: Path) -> None:
    """ "Today" is said in the shop's own time zone."""
    file = tmp_path / "policy.toml"
    file.write_text(f'currency = "EUR"\n{ORIGIN}[zones.a]\nrest_of_world = true\n{METHOD}')
    assert load_facts(file).zone.key == "Europe/Amsterdam"


def test_faults_are_reported_with_the_file(tmp_path: Path) -> None:
    """An unusable policy is refused with its file's name."""
    with pytest.raises(PolicyError, match=r"nowhere\.toml"):
        load_facts(tmp_path / "nowhere.toml")
