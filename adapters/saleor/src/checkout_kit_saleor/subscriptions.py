"""The queries to register webhooks with: what Saleor then sends, and nothing more."""

from typing import Final

from checkout_kit_saleor.answers import OPTION

# Names, streets and e-mail addresses are not asked for: nothing here needs them. Totals and unit prices after
# discounts must not be asked for either; Saleor answers "checkout": null to that in synchronous events.
CHECKOUT_FIELDS: Final = """
id
channel { slug currencyCode }
user { id }
voucherCode
discount { amount }
shippingAddress { country { code } countryArea city postalCode }
lines {
  id
  quantity
  requiresShipping
  undiscountedUnitPrice { amount }
  variant {
    sku
    weight { value unit }
    product { weight { value unit } productType { slug kind weight { value unit } } }
  }
}
"""

SHIPPING_METHODS: Final = (
    "subscription { event { ... on ShippingListMethodsForCheckout { "
    f"checkout {{ {CHECKOUT_FIELDS} }} }} }} }}"
)
"""The query of the synchronous webhook SHIPPING_LIST_METHODS_FOR_CHECKOUT."""

FILTERED_METHODS: Final = (
    "subscription { event { ... on CheckoutFilterShippingMethods { "
    f'checkout {{ {CHECKOUT_FIELDS} }} shippingMethods {{ id option: metafield(key: "{OPTION}") }} }} }} }}'
)
"""The query of the synchronous webhook CHECKOUT_FILTER_SHIPPING_METHODS."""

# Prices of order lines may not be asked for either, since that could call tax webhooks; a variant's own may.
FILTERED_ORDER_METHODS: Final = (
    "subscription { event { ... on OrderFilterShippingMethods { order { "
    "id channel { slug currencyCode } user { id } voucherCode "
    "shippingAddress { country { code } countryArea city postalCode } "
    "lines { id quantity isShippingRequired variant { sku weight { value unit } "
    "product { weight { value unit } productType { slug kind weight { value unit } } } "
    "channelListings { channel { slug } price { amount } } } } } "
    f'shippingMethods {{ id option: metafield(key: "{OPTION}") }} }} }} }}'
)
"""The query of the synchronous webhook ORDER_FILTER_SHIPPING_METHODS."""

_ORDER: Final = "order { id number }"
ORDER_EVENTS: Final = (
    "subscription { event { issuedAt "
    f"... on OrderCreated {{ {_ORDER} }} ... on OrderUpdated {{ {_ORDER} }} "
    f"... on OrderCancelled {{ {_ORDER} }} ... on FulfillmentCreated {{ {_ORDER} }} "
    f"... on FulfillmentTrackingNumberUpdated {{ {_ORDER} }} }} }}"
)
"""The query of the asynchronous webhook for orders."""
