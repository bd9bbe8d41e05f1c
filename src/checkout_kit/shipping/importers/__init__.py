"""Importers: shipping set up on another platform as a policy, with a report of how exactly it matches."""

from checkout_kit.shipping.importers.magento import import_magento
from checkout_kit.shipping.importers.magento_parity import magento_parity
from checkout_kit.shipping.importers.numerals import parse_number
from checkout_kit.shipping.importers.toml_text import to_toml
from checkout_kit.shipping.importers.values import Difference, Imported, Note, ParityReport
from checkout_kit.shipping.importers.woo_parity import woocommerce_parity
from checkout_kit.shipping.importers.woocommerce import import_woocommerce

__all__ = [
    "Difference",
    "Imported",
    "Note",
    "ParityReport",
    "import_magento",
    "import_woocommerce",
    "magento_parity",
    "parse_number",
    "to_toml",
    "woocommerce_parity",
]
