"""checkout_kit in a Django store: add `checkout_kit.django` to INSTALLED_APPS.

Settings:

    SHIPPING_POLICIES: the policies' files by name; "default" is one of them.
    SHIPPING_CART: dotted path of a function from a request to its `Cart`, for the address `options`.
    SHIPPING_CUSTOMER: dotted path of a function from a request to its `Customer`; without, a guest.

Both functions may be asynchronous. Views of the store's own ask `checkout_kit.django.policies.policy(name)`.
"""
