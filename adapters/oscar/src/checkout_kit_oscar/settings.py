"""The setting CHECKOUT_KIT of a Django project, read once and checked as a whole."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from secrets import token_hex

from attrs import Attribute, field, fields_dict, frozen
from checkout_kit.adapter import CompanionSettings, Secret, as_secret, https_url
from checkout_kit.errors import Fault, InputError
from checkout_kit.money import minor_units


def _url_if_any(instance: object, attribute: "Attribute[str]", value: str) -> None:
    if value:
        https_url(instance, attribute, value)


@frozen(kw_only=True)
class OscarSettings(CompanionSettings):
    """How the shop gets its options.

    Attributes:
        policy: the path of a shipping policy, quoted in this process.
        service_url: or the rate address of a checkout_kit service elsewhere, `.../adapters/oscar/rates`.
        timeout_s: how long a shopper's page waits for that service.
        country: where the basket page assumes the shopper lives until there is an address, if anywhere.
        weight_attribute, weight_unit: the product attribute that holds a unit's weight.
        fallback_code, fallback_name, fallback_price: what is offered when nothing can be quoted; the price
            is an amount and its currency, "9.90 USD", or several separated by commas.
    """

    shop: str = "oscar"
    # Without a service nobody signs anything, and a random secret keeps everybody out.
    secret: Secret = field(factory=lambda: Secret(token_hex(16)), converter=as_secret)
    policy: str = ""
    service_url: str = field(default="", validator=_url_if_any)
    timeout_s: float = 2.0
    country: str = ""
    weight_attribute: str = "weight"
    weight_unit: str = "kg"
    fallback_code: str = "standard"
    fallback_name: str = "Standard delivery"
    fallback_price: str = ""

    def fallback_prices(self) -> Mapping[str, Decimal]:
        """Currency to price of the fallback; raises InputError when it is not written as it should be."""
        prices: dict[str, Decimal] = {}
        for part in filter(None, (p.strip() for p in self.fallback_price.split(","))):
            amount, _, currency = part.partition(" ")
            minor_units(amount, currency.strip(), path="fallback_price")
            prices[currency.strip()] = Decimal(amount)
        return prices


def faults_of(settings: OscarSettings) -> tuple[Fault, ...]:
    """What is wrong with the settings, all at once; for Django's system check."""
    faults: list[Fault] = []
    if bool(settings.policy) == bool(settings.service_url):
        faults.append(Fault("CHECKOUT_KIT", "must name either policy or service_url"))
    try:
        if not settings.fallback_prices():
            faults.append(
                Fault(
                    "CHECKOUT_KIT.fallback_price",
                    "must be set: it is what shoppers pay when nothing can be quoted",
                    remedy="write an amount such as '9.90 USD'",
                )
            )
    except InputError as error:
        faults += error.faults
    if not 0 < settings.timeout_s <= 30:
        faults.append(Fault("CHECKOUT_KIT.timeout_s", "must be a number of seconds up to 30"))
    return tuple(faults)


@lru_cache(maxsize=1)
def shop_settings() -> OscarSettings:
    """The project's settings; raises InputError naming every unknown key."""
    from django.conf import settings

    given = {key.lower(): value for key, value in getattr(settings, "CHECKOUT_KIT", {}).items()}
    unknown = sorted(set(given) - set(fields_dict(OscarSettings)))
    if unknown:
        raise InputError([Fault(f"CHECKOUT_KIT.{key}", "is not a setting") for key in unknown])
    if given.get("service_url") and not given.get("secret"):
        raise InputError.of("CHECKOUT_KIT.secret", "must be set, shared with the service")
    return OscarSettings(**given)
