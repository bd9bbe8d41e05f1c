"""A stocked shop and a guest's walk through it, on the real django-oscar."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.urls import reverse

ADDRESS = {
    "first_name": "Ann",
    "last_name": "Example",
    "line1": "12 Sample Street",
    "line4": "Brooklyn",
    "state": "NY",
    "postcode": "11201",
    "country": "US",
}


def stock_shop(
    *,
    title: str = "Widget",
    sku: str = "W1",
    weight: str = "0.45",
    price: str = "24.99",
    currency: str = "USD",
) -> Any:
    """Two countries to ship to, and one product with a weight."""
    from oscar.apps.address.models import Country
    from oscar.test.factories import create_product

    for code, name in (("US", "United States"), ("JP", "Japan")):
        named = {"printable_name": name, "name": name, "is_shipping_country": True}
        Country.objects.get_or_create(iso_3166_1_a2=code, defaults=named)
    product = create_product(
        title=title, price=Decimal(price), num_in_stock=500, partner_sku=sku, attributes={"weight": weight}
    )
    product.stockrecords.update(price_currency=currency)
    return product


def guest_walk(client: Any, product: Any, *, choice: str = "economy", **address: str) -> Iterator[str]:
    """Everything a guest does, page by page; yields what each step has shown."""
    page = client.get(product.get_absolute_url())
    assert page.status_code == 200
    yield "product page"
    added = client.post(reverse("basket:add", kwargs={"pk": product.pk}), {"quantity": 2})
    assert added.status_code == 302, added.content[:500]
    basket = client.get(reverse("basket:summary"))
    assert basket.status_code == 200
    yield f"basket page: {shown(basket)}"
    answered = client.post(reverse("checkout:index"), {"username": "ann@example.com", "options": "anonymous"})
    assert answered.status_code == 302, answered.content[:500]
    saved = client.post(reverse("checkout:shipping-address"), {**ADDRESS, **address})
    assert saved.status_code == 302, saved.content[:2000]
    methods = client.get(reverse("checkout:shipping-method"))
    yield f"delivery page: {methods.status_code} {shown(methods)}"
    if methods.status_code == 200:
        chosen = client.post(reverse("checkout:shipping-method"), {"method_code": choice})
        assert chosen.status_code == 302, chosen.content[:500]
    yield "chosen"
    preview = client.get(reverse("checkout:preview"))
    assert preview.status_code == 200, (preview.status_code, preview.headers.get("location"))
    yield f"preview: {shown(preview)}"
    placed = client.post(reverse("checkout:preview"), {"action": "place_order"})
    assert placed.status_code == 302, placed.content[:500]
    thanks = client.get(reverse("checkout:thank-you"))
    assert thanks.status_code == 200
    yield f"thank-you page: {shown(thanks)}"


def shown(page: Any) -> str:
    """The text of a page, blanks folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))
