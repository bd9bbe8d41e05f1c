"""`checkout-kit quote` and `checkout-kit schema`."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from checkout_kit.cli import main

ROOT = Path(__file__).parents[3]
SHOP = str(ROOT / "examples/policies/brooklyn.toml")
CART = '{"currency": "USD", "lines": [{"sku": "mug", "quantity": 2, "unit_price": 1540, "weight_g": 400}]}'
HOME = '{"country": "US", "region": "NY", "postal_code": "11201"}'
AT = "2026-11-23T12:00:00-05:00"


def run(*arguments: str) -> Result:
    """The command's result."""
    return CliRunner().invoke(main, list(arguments), env={"COLUMNS": "200"})


def test_table_of_options() -> None:
    """Price and dates of each option, what is withheld, and how far free shipping is."""
    result = run("quote", "--policy", SHOP, "--cart", CART, "--to", HOME, "--at", AT)
    assert result.exit_code == 0
    assert "19.90 USD" in result.stdout
    assert (
        "withheld: same-day: today's cut-off has passed (order on Tue 24 Nov before 11:00)" in result.stdout
    )
    assert "4.20 USD short of free shipping with Economy" in result.stdout


def test_json_with_the_trace(tmp_path: Path) -> None:
    """Cart and address may be files; the JSON holds the trace when asked for."""
    (tmp_path / "cart.json").write_text(CART)
    cart = str(tmp_path / "cart.json")
    result = run("quote", "--policy", SHOP, "--cart", cart, "--to", HOME, "--at", AT, "--json", "--explain")
    found = json.loads(result.stdout)
    assert [option["price"] for option in found["options"]] == [390, 990, 1990]
    assert found["withheld"][0]["changes"] == [{"order_before": "2026-11-24T11:00:00-05:00"}]
    assert found["trace"]["methods"][0]["steps"][0]["path"] == "methods[0].price.tiers[0]"


def test_a_file_of_carts(tmp_path: Path) -> None:
    """One JSON line per cart on stdout; an unusable line is answered with its faults."""
    lines = [f'{{"cart": {CART}, "destination": {HOME}}}', '{"cart": {}}', "", "nonsense"]
    carts = tmp_path / "carts.jsonl"
    carts.write_text("\n".join(lines))
    result = run("quote", "--policy", SHOP, "--carts", str(carts), "--at", AT)
    answers = [json.loads(text) for text in result.stdout.splitlines()]
    assert [answer["line"] for answer in answers] == [1, 2, 4]
    assert len(answers[0]["options"]) == 3
    assert any("cart.currency" in fault for fault in answers[1]["faults"])
    assert result.exit_code == 2
    assert "Quoting" not in result.stderr  # a log is no place for a bar
    assert "2 of 4 lines are unusable" in result.stderr


def test_where_nothing_is_offered_no_empty_table_is_drawn() -> None:
    """It is said, with the reasons below."""
    result = run("quote", "--policy", SHOP, "--cart", CART, "--to", '{"country": "FR"}', "--at", AT)
    assert result.exit_code == 0
    assert result.stdout.startswith("No method is offered.\nwithheld: economy: ")


def test_a_narrow_terminal_gets_a_line_an_option() -> None:
    """A table of five columns cannot be read in forty letters."""
    arguments = ["quote", "--policy", SHOP, "--cart", CART, "--to", HOME, "--at", AT]
    shown = CliRunner().invoke(main, arguments, env={"COLUMNS": "40"}).stdout
    words = " ".join(shown.split())
    assert "two-day: Two working days, 9.90 USD, arrives Wed 25 Nov to Fri 27 Nov, order by " in words
    assert max(map(len, shown.partition("withheld")[0].splitlines())) <= 40


def test_facts_that_conditions_ask_for_are_options(tmp_path: Path) -> None:
    """Channel, customer groups and the kind of destination; they do not go with a file of requests."""
    shop = tmp_path / "shop.toml"
    shop.write_text(
        """
        currency = "USD"
        origins.shop = { timezone = "America/New_York", cutoff = "14:00" }
        zones.us = { where = [{ country = "US" }] }
        [[methods]]
        id = "trade"
        title = "Pallet [dock]"
        price = "5.00"
        [methods.when]
        channels = ["phone"]
        customer_groups = { all = ["trade", "gold"] }
        destination_kinds = { none = ["residential"] }
        """
    )
    arguments = ["quote", "--policy", str(shop), "--cart", CART, "--to", HOME, "--at", AT]
    facts = ["--channel", "phone", "--customer-group", "trade", "--customer-group", "gold"]
    assert run(*arguments).stdout.startswith("No method is offered.")
    assert "Pallet [dock]" in run(*arguments, *facts).stdout
    assert run(*arguments, *facts, "--kind", "residential").stdout.startswith("No method is offered.")
    mixed = run("quote", "--policy", str(shop), "--carts", "-", "--channel", "phone")
    assert (mixed.exit_code, "go with --cart" in mixed.stderr) == (2, True)


def test_faults_of_the_policy_end_with_code_two(tmp_path: Path) -> None:
    """Every fault on its own line, with the file, and exit code 2."""
    shop = tmp_path / "shop.toml"
    shop.write_text('currency = "USD"\ncolour = 1\n')
    result = run("quote", "--policy", str(shop), "--cart", CART, "--to", HOME)
    assert result.exit_code == 2
    assert f"{shop}: colour: unknown key" in result.stderr
    assert f"{shop}: methods: is required" in result.stderr


def test_faults_of_cart_and_address_come_together() -> None:
    """Both inputs are looked at before either is refused."""
    bad_cart = '{"currency": "USD", "lines": [{"sku": "a", "quantity": -1, "unit_price": 1}]}'
    result = run(
        "quote", "--policy", SHOP, "--cart", bad_cart, "--to", '{"country": "US", "postal_code": "x"}'
    )
    assert result.exit_code == 2
    assert "lines[0].quantity" in result.stderr
    assert "to.postal_code" in result.stderr


def test_no_cart_at_all() -> None:
    """Usage is explained when neither a cart nor a file of carts is given."""
    result = run("quote", "--policy", SHOP)
    assert result.exit_code == 2
    assert "--carts" in result.stderr


def test_schema_is_json_schema() -> None:
    """The schema names its draft and the top-level tables."""
    schema = json.loads(run("schema").stdout)
    assert schema["$schema"].endswith("2020-12/schema")
    assert {"currency", "origins", "zones", "methods"} <= set(schema["properties"])


def test_dates_carry_their_weekday() -> None:
    """The table says on which weekdays an option arrives and in which zone the cut-off is."""
    result = run("quote", "--policy", SHOP, "--cart", CART, "--to", HOME, "--at", AT)
    assert "Fri 27 Nov" in result.stdout
    assert "UTC-05:00" in result.stdout


def test_carts_from_standard_input() -> None:
    """`--carts -` reads the requests from standard input."""
    asked = f'{{"cart": {CART}, "destination": {HOME}}}\n\n'
    result = CliRunner().invoke(main, ["quote", "--policy", SHOP, "--carts", "-", "--at", AT], input=asked)
    assert [json.loads(line)["line"] for line in result.stdout.splitlines()] == [1]


def test_one_cart_and_many_are_not_mixed() -> None:
    """`--carts` together with `--cart` is refused rather than one of them ignored."""
    result = run("quote", "--policy", SHOP, "--carts", "x", "--cart", CART)
    assert result.exit_code == 2
    assert "either" in result.stderr


def test_a_key_written_twice_is_refused() -> None:
    """Of two quantities none is guessed."""
    cart = '{"currency": "USD", "lines": [{"sku": "a", "quantity": 1, "quantity": 5, "unit_price": 1}]}'
    result = run("quote", "--policy", SHOP, "--cart", cart, "--to", "[]")
    assert "--cart: not readable as JSON: the key 'quantity' is written twice" in result.stderr
    assert "to: should be a table of keys and values, found []" in result.stderr


def test_a_missing_policy_is_told_in_one_plain_line(tmp_path: Path) -> None:
    """The file and the reason, without error numbers."""
    missing = str(tmp_path / "none.toml")
    result = run("quote", "--policy", missing, "--cart", CART, "--to", HOME)
    assert result.stderr == f"{missing}: cannot be read: No such file or directory\n"
