"""Goods from a file."""

import json
from pathlib import Path

import pytest

from checkout_kit.adapter.protocol_catalog import load_catalog
from checkout_kit.errors import InputError


def write(folder: Path, document: object) -> Path:
    """A file of goods."""
    file = folder / "goods.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return file


def test_goods_are_found_by_sku(tmp_path: Path) -> None:
    """What is said about goods reaches the line; the rest has its defaults."""
    catalog = load_catalog(
        write(
            tmp_path, [{"sku": "MUG", "unit_price": 1200, "weight_g": 400}, {"sku": "PDF", "unit_price": 0}]
        )
    )
    mug = catalog("MUG")
    assert mug is not None
    assert (mug.title, mug.unit_price, mug.weight_g, mug.requires_shipping) == ("MUG", 1200, 400, True)
    assert catalog("TEAPOT") is None


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        ("no json", [""]),
        ({}, ["catalog"]),
        ([], ["catalog"]),
        ([{"sku": "A", "unit_price": 1}, {"sku": "A", "unit_price": 2}], ["[1].sku"]),
        ([{"unit_price": 1}, {"sku": "B", "unit_price": "dear"}], ["[0].sku", "[1].unit_price"]),
        ([{"sku": "A", "unit_price": -1, "weight_g": -5}], ["[0].unit_price", "[0].weight_g"]),
    ],
)
def test_faults_are_told_together(tmp_path: Path, document: object, paths: list[str]) -> None:
    """Every unusable entry is named by its place."""
    with pytest.raises(InputError) as refused:
        load_catalog(write(tmp_path, document))
    assert [fault.path for fault in refused.value.faults] == paths


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is a fault of the settings."""
    with pytest.raises(InputError, match="cannot be read"):
        load_catalog(tmp_path / "none.json")
