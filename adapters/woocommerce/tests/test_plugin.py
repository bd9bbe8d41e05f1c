"""The plug-in, run by PHP against a stand-in for WooCommerce and a running service that checks signatures."""

import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checkout_kit.adapter import HttpRequest, answer_rates
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing import SampleOption, sample_quote
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from checkout_kit_woocommerce import WooCommerceAdapter, WooCommerceSettings

PLUGIN = Path(__file__).parents[1] / "plugin" / "checkout-kit"
DAY = dt.date(2026, 11, 27)
PROMISE = DeliveryPromise(earliest=DAY, latest=DAY, ships_earliest=DAY, ships_on=DAY)
ADAPTER = WooCommerceAdapter(
    WooCommerceSettings(
        shop="main",
        secret="woo-secret-1",
        site_url="https://shop.example",
        consumer_key="ck_1",
        consumer_secret="cs_1",
    )
)
LINE = {
    "quantity": 3,
    "line_subtotal": 10.0,
    "line_subtotal_tax": 2.0,
    "line_total": 9.0,
    "line_tax": 1.8,
    "product": {"sku": "W1", "weight": "0.45", "shipping_class": "bulky"},
}
PACKAGE = {
    "contents": {"abc": LINE},
    "applied_coupons": ["save10"],
    "user": {"ID": 7},
    "destination": {"country": "US", "state": "NY", "postcode": "10001", "city": "New York"},
}
Rates = Callable[..., Any]


@pytest.fixture(scope="session")
def php() -> str:
    """The PHP interpreter; the plug-in is not left untested where there is none."""
    found = shutil.which("php")
    if found is None:
        pytest.fail("php is not installed: install the package php-cli (apt-get install php-cli)")
    return found


class Service:
    """A running service: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.seen: list[QuoteRequest] = []
        self.options = [SampleOption(method_id="std", title="Standard", price_minor=499, promise=PROMISE)]
        self.valid_s = 3600

    def quote(self, request: QuoteRequest) -> Quote:
        """A quote of the options, valid for `valid_s`."""
        self.seen.append(request)
        until = request.placed_at + dt.timedelta(seconds=self.valid_s)
        return sample_quote(
            self.options, currency=request.cart.currency, placed_at=request.placed_at, valid_until=until
        )

    def answer(self, received: Request) -> Response:
        """What the adapter answers to the bytes received."""
        request = HttpRequest(url="/", headers=dict(received.headers), body=received.get_data())
        answered = answer_rates(ADAPTER, request, self.quote, now=dt.datetime.now(dt.UTC))
        return Response(answered.body, status=answered.status)


@pytest.fixture
def service() -> Service:
    """A service with one option."""
    return Service()


@pytest.fixture
def shop(php: str, httpserver: HTTPServer, service: Service) -> Rates:
    """Runs a scenario: the package is priced once for each of `moves_s`, the clock moved on before each."""
    httpserver.expect_request("/rates", method="POST").respond_with_handler(service.answer)
    url = httpserver.url_for("/rates")

    def run(
        *, package: Any = PACKAGE, moves_s: tuple[int, ...] = (0,), url: str = url, **options: Any
    ) -> Any:
        own = {"url": url, "shop": "main", "secret": options.pop("secret", "woo-secret-1")}
        own["shop"] = options.pop("shop", "main")
        named = {"woocommerce_checkout_kit_settings": own, "woocommerce_weight_unit": "lbs", **options}
        scenario = {
            "plugin": str(PLUGIN / "checkout-kit.php"),
            "options": named,
            "package": package,
            "moves_s": moves_s,
        }
        command = [php, "-d", "error_reporting=-1", "-d", "display_errors=stderr"]
        done = subprocess.run(
            [*command, str(Path(__file__).with_name("wordpress.php"))],
            input=json.dumps(scenario),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.stderr == "", done.stderr
        assert done.returncode == 0
        return json.loads(done.stdout)

    return run


@pytest.mark.parametrize("file", sorted(PLUGIN.rglob("*.php")), ids=lambda file: file.name)
def test_plugin_is_valid_php(php: str, file: Path) -> None:
    """`php -l` accepts every file of the plug-in."""
    done = subprocess.run([php, "-l", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_options_become_rates(shop: Rates, service: Service) -> None:
    """An option is a rate with its price in major units and its promise in the meta data."""
    result = shop()
    (rate,) = result["runs"][0]["rates"]
    assert (rate["id"], rate["label"], rate["cost"]) == ("checkout_kit:7:std", "Standard", "4.99")
    assert rate["meta_data"]["checkout_kit_option"] == "std"
    assert rate["meta_data"]["checkout_kit_promised_on"] == "2026-11-27"
    assert json.loads(rate["meta_data"]["checkout_kit_promise"])["earliest"] == "2026-11-27"
    assert "delivery_time" not in rate
    assert result["log"] == []


def test_package_is_read_as_it_is(shop: Rates, service: Service) -> None:
    """Pounds become grams, the coupon a discount that makes the line's sum exact, the role a group."""
    shop()
    (request,) = service.seen
    (line,) = request.cart.lines
    assert (line.quantity, line.total, line.weight_g) == (3, 900, 204)
    assert (line.id, line.sku, line.shipping_class) == ("abc", "W1", "bulky")
    assert not request.cart.prices_include_tax
    assert request.cart.discount_codes == ("save10",)
    assert (request.customer.id, request.customer.groups) == ("7", ("wholesale",))
    to = request.destination
    assert (to.country, to.region, to.postal_code, to.city) == ("US", "NY", "10001", "New York")


@pytest.mark.parametrize(
    ("unit", "size_mm"), [("cm", (300, 205, 50)), ("in", (762, 521, 127)), ("yd", (27432, 18745, 4572))]
)
def test_dimensions_are_sent_in_the_shop_s_unit(
    shop: Rates, service: Service, unit: str, size_mm: tuple[int, int, int]
) -> None:
    """The box of one unit reaches the policy, whatever the shop measures in."""
    product = {**LINE["product"], "length": "30", "width": "20.5", "height": "5"}
    shop(
        package={**PACKAGE, "contents": {"abc": {**LINE, "product": product}}},
        woocommerce_dimension_unit=unit,
    )
    box = service.seen[0].cart.lines[0].dimensions
    assert box is not None
    assert (box.length_mm, box.width_mm, box.height_mm) == size_mm


@pytest.mark.parametrize("unusable", ["", "about 2"])
def test_unknown_sizes_and_weights_are_left_out(shop: Rates, service: Service, unusable: str) -> None:
    """A product without them, or with words in their place, is priced as one that nobody has measured."""
    product = {**LINE["product"], "weight": unusable, "length": "30", "width": unusable, "height": "5"}
    result = shop(package={**PACKAGE, "contents": {"abc": {**LINE, "product": product}}})
    (line,) = service.seen[0].cart.lines
    assert (line.weight_g, line.dimensions) == (None, None)
    assert result["log"] == []


def test_shop_adds_facts_of_its_own(shop: Rates, service: Service) -> None:
    """A filter gives what a policy asks for and WooCommerce does not know."""
    shop(
        added={"channel": "wholesale", "items": [{"attributes": {"material": "glass"}, "is_gift_card": True}]}
    )
    (request,) = service.seen
    (line,) = request.cart.lines
    assert (request.channel, line.attributes["material"], line.is_gift_card) == ("wholesale", "glass", True)


def test_line_that_does_not_divide_keeps_its_sum(shop: Rates, service: Service) -> None:
    """Three for 10.00 are three at 3.34 less 0.02, not 9.99, which might miss a threshold."""
    shop(package={**PACKAGE, "contents": {"abc": {**LINE, "line_total": 10.0}}})
    (line,) = service.seen[0].cart.lines
    assert (line.unit_price, line.discount, line.total) == (334, 2, 1000)


def test_prices_shown_with_tax_are_sent_with_tax(shop: Rates, service: Service) -> None:
    """Where the shop shows prices with tax, thresholds look at those."""
    shop(gross=True)
    assert (service.seen[0].cart.goods_total, service.seen[0].cart.prices_include_tax) == (1080, True)


@pytest.mark.parametrize(
    ("currency", "decimals", "goods", "cost"), [("JPY", 0, 9, "499"), ("KWD", 3, 9000, "0.499")]
)
def test_decimals_follow_the_currency(
    shop: Rates, service: Service, currency: str, decimals: int, goods: int, cost: str
) -> None:
    """Yen without decimals and dinars with three come and go in their own scale."""
    result = shop(currency=currency, decimals=decimals)
    assert service.seen[0].cart.goods_total == goods
    assert result["runs"][0]["rates"][0]["cost"] == cost


def test_product_without_weight_is_unknown(shop: Rates, service: Service) -> None:
    """An empty weight is sent as unknown, not as weightless."""
    product = {"sku": "W1", "weight": "", "needs_shipping": False}
    shop(package={**PACKAGE, "contents": {"abc": {**LINE, "product": product}}})
    assert service.seen[0].cart.lines[0].weight_g is None
    assert not service.seen[0].cart.needs_shipping


def test_newer_woocommerce_shows_the_day(shop: Rates) -> None:
    """From 9.2 a rate has a delivery time and a description; it is the promised day in any zone."""
    (rate,) = shop(is_9_2=True, date_format="Y-m-d")["runs"][0]["rates"]
    assert rate["delivery_time"] == "2026-11-27"


def test_repeated_questions_are_asked_once(shop: Rates) -> None:
    """WooCommerce prices a package up to three times a request; the service is asked once."""
    result = shop(moves_s=(0, 0, 0, 1))
    assert result["requests"] == 1
    assert all(run["rates"] == result["runs"][0]["rates"] for run in result["runs"])


def test_session_cache_ends_with_the_answer(shop: Rates, service: Service) -> None:
    """The package's hash stays while the answer holds and changes after it, so no cut-off is outlived."""
    service.valid_s = 60
    first, second, third, late = shop(moves_s=(0, 1, 1, 120))["runs"]
    assert str(first["until"]).startswith("asked")
    assert second["until"] == third["until"]
    assert second["until"] != late["until"]


def test_definite_none_offers_nothing(shop: Rates, service: Service) -> None:
    """What cannot be shipped gets no rate, not even the fallback."""
    service.options = []
    result = shop(instance={"fallback_cost": "9.90"})
    assert (result["runs"][0]["rates"], result["log"]) == ([], [])


def dead(shop: Rates, **options: Any) -> Any:
    """The shop without its service: a port at which nothing listens."""
    return shop(url="http://127.0.0.1:9/rates", **options)


@pytest.mark.parametrize(("cost", "shown"), [("9.90", [("Delivery", "9.90")]), ("", [])])
def test_dead_service_leaves_the_shop_alive(shop: Rates, cost: str, shown: list[Any]) -> None:
    """With a fallback cost the shop offers it, without one other methods remain; nothing fails."""
    result = dead(shop, instance={"fallback_cost": cost})
    assert [(rate["label"], rate["cost"]) for rate in result["runs"][0]["rates"]] == shown
    assert result["log"] == ["no rates: no answer"]


def test_dead_service_is_left_alone_for_a_while(shop: Rates) -> None:
    """After a failure ten seconds pass before it is asked again, so that carts stay fast."""
    assert dead(shop, moves_s=(0, 1, 1, 1))["requests"] == 1
    assert dead(shop, moves_s=(0, 30))["requests"] == 2


@pytest.mark.parametrize(("status", "asked"), [(400, 2), (413, 2), (401, 1), (503, 1)])
def test_refused_cart_silences_nobody_else(
    shop: Rates, httpserver: HTTPServer, status: int, asked: int
) -> None:
    """A cart that is refused is not asked about again for a while; other carts still are."""
    httpserver.expect_request("/rates-of-two").respond_with_data("{}", status=status)
    url = httpserver.url_for("/rates-of-two")
    assert shop(url=url, moves_s=(0, 1))["requests"] == 1
    assert shop(url=url, moves_s=(0, 0), other_city="Boston")["requests"] == asked


def test_fallback_is_not_kept_for_the_session(shop: Rates) -> None:
    """After the pause the package's hash changes, so the real rates come back."""
    first, late = dead(shop, moves_s=(0, 30))["runs"]
    assert first["until"] != late["until"]


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, "boom"), (200, "<html>"), (200, "[]"), (200, '{"outcome":"options"}'), (302, ""), (404, "{}")],
)
def test_nonsense_of_the_service_is_a_fallback(
    shop: Rates, httpserver: HTTPServer, status: int, body: str
) -> None:
    """Whatever comes back that is no answer, the fallback stands in."""
    httpserver.expect_request("/bad").respond_with_data(body, status=status)
    result = shop(url=httpserver.url_for("/bad"), instance={"fallback_cost": "5"})
    assert [rate["cost"] for rate in result["runs"][0]["rates"]] == ["5.00"]


def test_redirection_is_not_followed(shop: Rates, httpserver: HTTPServer) -> None:
    """The signed cart goes to the address entered and nowhere else."""
    elsewhere = {"location": httpserver.url_for("/elsewhere")}
    httpserver.expect_request("/moved").respond_with_data("", status=302, headers=elsewhere)
    httpserver.expect_request("/elsewhere").respond_with_json({"outcome": "none"})
    result = shop(url=httpserver.url_for("/moved"), instance={"fallback_cost": "5"})
    assert [rate["cost"] for rate in result["runs"][0]["rates"]] == ["5.00"]
    assert [request.path for request, _ in httpserver.log] == ["/moved"]


@pytest.mark.parametrize(
    "option", ["x", {}, {"id": "a", "title": "A"}, {"id": "a", "title": "A", "price": ""}]
)
def test_option_without_price_is_never_free(shop: Rates, httpserver: HTTPServer, option: Any) -> None:
    """An option of another shape ends in the fallback, not in a fatal error or a delivery for nothing."""
    body = {"outcome": "options", "options": [{"id": "s", "title": "S", "price": "1"}, option]}
    httpserver.expect_request("/odd").respond_with_json(body)
    result = shop(url=httpserver.url_for("/odd"), instance={"fallback_cost": "5"})
    assert [rate["cost"] for rate in result["runs"][0]["rates"]] == ["5.00"]


def test_exceptions_inside_wordpress_are_survived(shop: Rates) -> None:
    """A transport that throws is logged by its kind alone."""
    result = shop(broken_http=True, instance={"fallback_cost": "5"})
    assert result["log"] == ["no rates: WP_Request_Failed"]
    assert [rate["cost"] for rate in result["runs"][0]["rates"]] == ["5.00"]


def test_wrong_secret_is_refused_and_not_logged(shop: Rates, service: Service) -> None:
    """A secret that differs gets 401; the log says so without the secret or the address."""
    result = shop(secret="another-secret")
    assert (service.seen, result["log"]) == ([], ["no rates: status 401"])


def test_slow_service_is_given_up(shop: Rates) -> None:
    """The plug-in waits for two seconds, a little longer than the service takes at most."""
    (timeout_s,) = shop()["timeouts_s"]
    assert ADAPTER.deadline_s(HttpRequest(url="/")) < timeout_s == 2
