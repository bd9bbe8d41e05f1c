"""`checkout-kit serve`: the JSON API and the hosted page over a policy."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from checkout_kit.errors import InputError

if TYPE_CHECKING:
    from checkout_kit.checkout import SigningKeys

KEY_VARIABLE = "CHECKOUT_KIT_SHOP_KEY"
SIGNING_VARIABLE = "CHECKOUT_KIT_SIGNING_KEY"
SHORTEST_KEY = 20
SHORTEST_SIGNING_KEY = 32
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@click.command("serve")
@click.option("--policy", "policy_path", required=True, type=click.Path(path_type=Path), help="TOML or JSON.")
@click.option(
    "--db",
    "database",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("checkout.db"),
    show_default=True,
    help="The SQLite file; made if it is not there.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free one."
)
@click.option(
    "--rate",
    "per_s",
    type=click.FloatRange(min=0),
    default=50,
    show_default=True,
    help="Requests a second from one address, on a host other machines reach; 0: no limit.",
)
@click.option("--name", "shop_name", default="Shop", show_default=True, help="What the page calls the shop.")
@click.option(
    "--adapter",
    "adapters",
    multiple=True,
    help="Answer this platform too; repeat for several. Settings come from CHECKOUT_KIT_<NAME>_* variables.",
)
@click.option(
    "--live",
    "live_path",
    type=click.Path(path_type=Path),
    help="Ask the rate services in this file (TOML or JSON) before answering the platforms of --adapter.",
)
def command(  # noqa: PLR0917 - click passes them by name
    policy_path: Path,
    database: Path,
    host: str,
    port: int,
    per_s: float,
    shop_name: str,
    adapters: tuple[str, ...],
    live_path: Path | None,
) -> None:
    """Serve a checkout for a policy, with test payments.

    The shop's own server opens checkouts with the API key in the environment variable CHECKOUT_KIT_SHOP_KEY;
    without it, a key is made for this run and printed. CHECKOUT_KIT_SIGNING_KEY, 32 characters or more, signs
    links that open a checkout elsewhere. To rotate either, put the new key before the old, with a comma.
    """
    import logging

    from checkout_kit.adapter import load_adapters
    from checkout_kit.server import PageSettings, RateLimit, ShopKey, create_app
    from checkout_kit.server.adapters import AdapterHost, adapter_routes, call_backs_first
    from checkout_kit.server.live_sources import load_live
    from checkout_kit.server.policy_facts import load_facts
    from checkout_kit.server.running import run
    from checkout_kit.server.shop_keys import hash_of
    from checkout_kit.server.sparing_log import Sparing
    from checkout_kit.server.start_page import start_routes
    from checkout_kit.server.wiring import embedded_service

    # To standard error; a merchant asks the log why a platform was offered nothing, which is no warning.
    written = logging.StreamHandler()
    written.addFilter(Sparing())
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", handlers=[written])
    logging.getLogger("checkout_kit").setLevel(logging.INFO)
    facts = load_facts(policy_path)
    shop_keys = _keys_in(KEY_VARIABLE, shortest=SHORTEST_KEY)
    is_new = not shop_keys
    shop_keys = shop_keys or ["sk_" + secrets.token_urlsafe(32)]
    service = embedded_service(facts.policy, database, keys=_signing_keys())
    platforms = load_adapters(adapters, os.environ)
    if live_path is not None and not platforms:
        remedy = "name one with --adapter; checkouts and the page quote by the policy's own prices"
        raise InputError.of("--live", "no platform would get live rates", remedy=remedy)
    live = None if live_path is None else load_live(live_path, facts, os.environ)
    answering = AdapterHost(quoter=facts.policy.quote, live=live)
    mounted = adapter_routes(platforms, answering, service=service)
    app = create_app(
        service,
        page=PageSettings(shop_name=shop_name, countries=facts.countries, zone=facts.zone),
        shop_keys=[ShopKey(name=f"serve {i}", sha256=hash_of(key)) for i, key in enumerate(shop_keys, 1)],
        rate_limit=RateLimit(per_s=per_s, burst=int(3 * per_s) + 10)
        if per_s and host not in LOOPBACK
        else None,
        more_routes=lambda page: [*start_routes(page), *mounted],
        due_every_s=5,
    )

    def say(url: str) -> None:
        click.echo(f"Serving {facts.policy.id} at {url} (press Ctrl-C to stop)")
        click.echo(f"  API document  {url}/openapi.json")
        click.echo(f"  database      {database}")
        for platform in platforms:
            click.echo(f"  {platform.title:<13} {url}/adapters/{platform.name}/")
        if is_new:
            click.echo(f"  shop key      {shop_keys[0]}  (for this run; set {KEY_VARIABLE} to keep one)")

    run(call_backs_first(app, platforms, answering), host=host, port=port, started=say)


def _signing_keys() -> "SigningKeys | None":
    """The signing keys of the environment, newest first; each is named by its own digest."""
    from checkout_kit.checkout import SigningKeys

    texts = _keys_in(SIGNING_VARIABLE, shortest=SHORTEST_SIGNING_KEY)
    keys = {hashlib.sha256(text.encode()).hexdigest()[:8]: text.encode() for text in texts}
    return SigningKeys(keys) if keys else None


def _keys_in(variable: str, *, shortest: int) -> list[str]:
    """The keys in an environment variable, with commas between them."""
    texts = [text for part in os.environ.get(variable, "").split(",") if (text := part.strip())]
    if any(len(text) < shortest for text in texts):
        raise InputError.of(variable, f"shorter than {shortest} characters", remedy="use a long random text")
    return texts
