"""Faults that take more than one table to see; loading refuses them and lint shows them as errors."""

from collections.abc import Iterator
from difflib import get_close_matches

from checkout_kit.address import is_country
from checkout_kit.errors import Fault
from checkout_kit.shipping.document.policy import PolicyDocument
from checkout_kit.shipping.lint.bounds import conflict, possible, unit_of
from checkout_kit.shipping.lint.walk import conditioned, used_names

# What merchants write for countries whose ISO 3166-1 code is another one.
_MISTAKEN = {"UK": "GB", "EL": "GR", "EN": "GB", "SP": "ES", "JA": "JP", "SW": "SE"}


def document_faults(document: PolicyDocument) -> tuple[Fault, ...]:
    """Every fault of a well-formed document that no single table shows: demands that exclude each other."""
    checks = (_undeclared, _conditions, _minimum_orders, _country_codes)
    return tuple(fault for check in checks for fault in check(document))


def _undeclared(document: PolicyDocument) -> Iterator[Fault]:
    """Names that are not among those the policy lists, where it lists them."""
    declared = {
        "classes": document.shipping_classes,
        "customer_groups": document.customer_groups,
        "channels": document.channels,
    }
    for kind, at, name in used_names(document) if any(each is not None for each in declared.values()) else ():
        known = declared[kind]
        if known is not None and name not in known:
            section = "shipping_classes" if kind == "classes" else kind
            close = get_close_matches(name, known, n=1)
            remedy = f"did you mean {close[0]!r}?" if close else f"add it to {section}"
            yield Fault(at, f"not one of the policy's {section}", repr(name), remedy)


def _conditions(document: PolicyDocument) -> Iterator[Fault]:
    for one in conditioned(document):
        told = conflict((one.condition,), document.currency)
        if told:
            yield Fault(one.path, f"can never hold: {told}", "", "loosen or remove one of the demands")
            continue
        told = conflict((*one.beside, one.condition), document.currency)
        if told and not conflict(one.beside, document.currency):
            why = f"can never hold beside the method's own condition: {told}"
            yield Fault(one.path, why, "", "loosen one of the two")


def _minimum_orders(document: PolicyDocument) -> Iterator[Fault]:
    for i, method in enumerate(document.methods):
        if method.minimum_order is None or method.when is None:
            continue
        smallest = unit_of("goods", method.minimum_order, document.currency)
        largest = possible("goods", (method.when,), document.currency).high
        if smallest is not None and largest is not None and smallest > largest:
            found = next(iter(method.minimum_order.values()))
            why = "the method's condition allows no such order"
            yield Fault(f"methods[{i}].minimum_order", why, repr(found), "lower the minimum order")


def _country_codes(document: PolicyDocument) -> Iterator[Fault]:
    named = [
        (f"country_groups.{name}[{i}]", country)
        for name, countries in document.country_groups.items()
        for i, country in enumerate(countries)
    ]
    named += [
        (f"origins.{name}.address.country", origin.address.country)
        for name, origin in document.origins.items()
        if origin.address is not None
    ]
    named += [(f"centroids.{country}", country) for country in document.centroids]
    for at, country in named:
        if not is_country(country):
            known = _MISTAKEN.get(country)
            remedy = f"did you mean {known!r}?" if known else "use an ISO 3166-1 alpha-2 code"
            yield Fault(at, "no country has this code", repr(country), remedy)
