"""The shop that the walk goes through: set up over the Admin API, as a merchant would."""

from typing import Any, Final

import httpx
from graphql import build_client_schema, get_introspection_query, parse, validate

from checkout_kit_vendure import graphql as queries

LOGIN: Final = {"username": "superadmin", "password": "superadmin"}
BUYER: Final = {"username": "buyer@example.com", "password": "only-for-tests"}
JAPAN: Final = "japan-token"
LOG_IN: Final = (
    "mutation($username: String!, $password: String!) "
    "{ login(username: $username, password: $password) { __typename } }"
)
MAKE_METHOD: Final = (
    "mutation($input: CreateShippingMethodInput!) { createShippingMethod(input: $input) { id } }"
)
FACTS: Final = (
    "query { products { items { id variants { id } } } paymentMethods { items { id } } "
    "zones { items { id name } } taxRates { items { id zone { name } } } }"
)
MAKE_CHANNEL: Final = (
    "mutation($input: CreateChannelInput!) { createChannel(input: $input) { ... on Channel { id } } }"
)
ASSIGN: Final = (
    "mutation($to: ID!, $products: [ID!]!, $shipping: [ID!]!, $payment: [ID!]!) { "
    "assignProductsToChannel(input: {channelId: $to, productIds: $products}) { id } "
    "assignShippingMethodsToChannel(input: {channelId: $to, shippingMethodIds: $shipping}) { id } "
    "assignPaymentMethodsToChannel(input: {channelId: $to, paymentMethodIds: $payment}) { id } }"
)
PRICE: Final = (
    "mutation($id: ID!, $price: Money!) "
    "{ updateProductVariants(input: [{id: $id, prices: [{currencyCode: JPY, price: $price}]}]) { id } }"
)
TAX: Final = "mutation($id: ID!) { updateTaxRate(input: {id: $id, value: 10}) { id } }"
MAKE_BUYER: Final = (
    "mutation($input: CreateCustomerInput!, $password: String!) "
    "{ createCustomer(input: $input, password: $password) { ... on Customer { id } } }"
)
MAKE_GROUP: Final = (
    'mutation($ids: [ID!]!) { createCustomerGroup(input: {name: "trade", customerIds: $ids}) { id } }'
)


class Api:
    """One GraphQL address with its session; every error of a request is an error here."""

    def __init__(self, url: str, channel: str = "") -> None:
        headers = {"vendure-token": channel} if channel else {}
        self.client = httpx.Client(base_url=url, timeout=30, headers=headers)

    def send(self, query: str, **variables: Any) -> Any:
        """The whole reply."""
        reply = self.client.post("", json={"query": query, "variables": variables})
        token = reply.headers.get("vendure-auth-token")
        if token:
            self.client.headers["authorization"] = f"Bearer {token}"
        return reply.json()

    def __call__(self, query: str, **variables: Any) -> Any:
        document = self.send(query, **variables)
        assert not document.get("errors"), document["errors"]
        return document["data"]


def set_up(admin: Api) -> None:
    """A method for each option, a second channel with gross prices in yen, a customer's group."""
    admin(LOG_IN, **LOGIN)
    fallbacks = {"economy": "700", "two-day": "1200", "trade": "1200"}
    for option, fallback in fallbacks.items():
        make_method(admin, option, fallback)
    facts = {name: found["items"] for name, found in admin(FACTS).items()}
    asia = next(zone["id"] for zone in facts["zones"] if zone["name"] == "Asia")
    admin(TAX, id=next(rate["id"] for rate in facts["taxRates"] if rate["zone"]["name"] == "Asia"))
    channel = {
        "code": "japan",
        "token": JAPAN,
        "defaultLanguageCode": "en",
        "pricesIncludeTax": True,
        "defaultCurrencyCode": "JPY",
        "availableCurrencyCodes": ["JPY"],
        "defaultTaxZoneId": asia,
        "defaultShippingZoneId": asia,
    }
    japan = admin(MAKE_CHANNEL, input=channel)["createChannel"]["id"]
    products, payments = ([item["id"] for item in facts[name]] for name in ("products", "paymentMethods"))
    shipping = [make_method(admin, "japan", "1200", "JPY 100000")]
    admin(ASSIGN, to=japan, products=products, shipping=shipping, payment=payments)
    abroad = Api(str(admin.client.base_url), JAPAN)
    abroad(LOG_IN, **LOGIN)
    abroad(PRICE, id=facts["products"][0]["variants"][0]["id"], price=100_000)
    buyer = {"firstName": "Ann", "lastName": "Trade", "emailAddress": BUYER["username"]}
    made = admin(MAKE_BUYER, input=buyer, password=BUYER["password"])["createCustomer"]["id"]
    admin(MAKE_GROUP, ids=[made])


def make_method(admin: Api, option: str, fallback: str, others: str = "") -> str:
    """One shipping method of ours; its id."""
    chosen = [{"name": "option", "value": option}]
    priced = [*chosen, {"name": "fallbackPrice", "value": fallback}]
    if others:
        priced.append({"name": "fallbackPrices", "value": others})
    made = admin(
        MAKE_METHOD,
        input={
            "code": option,
            "fulfillmentHandler": "manual-fulfillment",
            "checker": {"code": "checkout-kit", "arguments": chosen},
            "calculator": {"code": "checkout-kit", "arguments": priced},
            "translations": [{"languageCode": "en", "name": option.title(), "description": ""}],
        },
    )
    return str(made["createShippingMethod"]["id"])


def check_queries(admin: Api) -> int:
    """How many documents of the adapter hold against the schema that the server prints; all must."""
    schema = build_client_schema(admin(get_introspection_query()))
    documents = [
        text for text in vars(queries).values() if isinstance(text, str) and text.startswith(("query", "mut"))
    ]
    faults = [fault.message for text in documents for fault in validate(schema, parse(text))]
    assert not faults, faults
    return len(documents)
