"""The ASGI server: the JSON API and the hosted checkout page."""

from importlib.util import find_spec

from checkout_kit.errors import MissingExtra

if find_spec("starlette") is None or find_spec("jinja2") is None:
    raise MissingExtra("server", needed_for="the checkout server")

from checkout_kit.server.app import create_app
from checkout_kit.server.forms import PaymentChoice
from checkout_kit.server.rate_limit import RateLimit
from checkout_kit.server.settings import PageSettings
from checkout_kit.server.shop_keys import ShopKey, new_shop_key
from checkout_kit.server.words import load_words

__all__ = [
    "PageSettings",
    "PaymentChoice",
    "RateLimit",
    "ShopKey",
    "create_app",
    "load_words",
    "new_shop_key",
]
