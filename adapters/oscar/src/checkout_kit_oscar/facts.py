"""A basket and an address as the plain form that policies and services are asked with."""

from decimal import Decimal
from typing import Any


def basket_form(
    basket: Any, address: Any, user: Any, *, shop: str, country: str, weight: tuple[str, str]
) -> dict[str, object]:
    """The companion form of a basket; `weight` is the product attribute and its unit.

    A line that has lost its price is left out, as django-oscar leaves it out of its totals.
    """
    taxed = bool(basket.is_tax_known)
    return {
        "shop": shop,
        "currency": basket.currency,
        "prices_include_tax": taxed,
        "codes": [voucher.code for voucher in basket.vouchers.all()] if basket.pk else [],
        "customer": customer_form(user),
        "destination": address_form(address, country),
        "items": [
            _item(line, taxed, weight) for line in basket.all_lines() if line.purchase_info.price.exists
        ],
    }


def customer_form(user: Any) -> dict[str, object]:
    """Id and groups of a signed-in user; nothing of a guest."""
    if user is None or not getattr(user, "is_authenticated", False):
        return {"id": "", "groups": []}
    return {"id": str(user.pk), "groups": sorted(user.groups.values_list("name", flat=True))}


def address_form(address: Any, country: str) -> dict[str, object]:
    """The parts of an address that rules look at; the assumed country alone where there is none."""
    if address is None:
        return {"country": country}
    return {
        "country": address.country_id,
        "region": address.state or "",
        "postal_code": address.postcode or "",
        "city": address.line4 or "",
    }


def _item(line: Any, taxed: bool, weight: tuple[str, str]) -> dict[str, object]:
    product, price = line.product, line.purchase_info.price
    unit_price = price.incl_tax if taxed else price.excl_tax
    discount = min(Decimal(line.discount_value), line.quantity * unit_price)
    product_class = product.get_product_class()
    return {
        "id": str(line.pk),
        "sku": (line.stockrecord.partner_sku if line.stockrecord else "") or product.upc or "",
        "title": product.get_title(),
        "quantity": line.quantity,
        "unit_price": str(unit_price),
        "discount": str(discount),
        "weight": {"value": _weight(product, weight[0]), "unit": weight[1]},
        "requires_shipping": bool(product.is_shipping_required),
        "shipping_class": product_class.slug if product_class else "",
    }


def _weight(product: Any, attribute: str) -> str | None:
    value = getattr(product.attr, attribute, None)
    if value is None and product.is_child:
        value = getattr(product.parent.attr, attribute, None)
    return None if value is None else str(value)
