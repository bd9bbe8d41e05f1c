"""A calibrator survives being stored, and a file that is not one is refused with the reason."""

import json
from datetime import timedelta

import pytest
from attrs import evolve

from checkout_kit.errors import InputError
from checkout_kit.promise.calibration import (
    CalibrationSettings,
    PromiseCalibrator,
    dumped,
    load,
    loaded,
    save,
)
from tests.oracles.invented_shop import OPENED, invented_orders

DAYS = 110


def learn():
    """A calibrator in the middle of its work: orders under way, promises not yet judged."""
    settings = CalibrationSettings(confidences=(0.9, 0.95), numbers=("weight_g",))
    as_of = (OPENED + timedelta(days=DAYS)).date()
    return PromiseCalibrator.learn(invented_orders(days=DAYS), as_of=as_of, settings=settings)


@pytest.fixture(scope="module")
def learned():
    """The same for all tests, none of which tells it anything."""
    return learn()


def new_orders():
    """Orders of the days after the fixture's last."""
    return invented_orders(days=DAYS + 40)[DAYS * 20 :]


def carried_on(calibrator):
    """Every promise and the state of a calibrator after 40 more days."""
    promises = []
    for order in new_orders():
        calibrator.advance_to(order.facts.purchased_at.date())
        promises.append([calibrator.promise(order.facts, confidence=level) for level in (0.9, 0.95)])
        calibrator.order_placed(order.facts)
    return promises, dumped(calibrator)


def test_a_loaded_calibrator_carries_on_exactly(learned):
    """Loaded and original promise the same through 40 further days with two fits in them."""
    text = dumped(learned)
    assert dumped(loaded(text)) == text
    assert carried_on(loaded(text)) == carried_on(learn())


@pytest.mark.parametrize("name", ["calibrator.json", "calibrator.json.gz"])
def test_a_file_brings_back_the_calibrator(tmp_path, learned, name):
    """Plain or packed, by the name of the file."""
    path = tmp_path / name
    save(learned, path)
    assert dumped(load(path)) == dumped(learned)


def test_a_packed_file_is_the_same_every_time(tmp_path, learned):
    """No time stamp in it, so that an unchanged calibrator is an unchanged file."""
    for name in ("a.gz", "b.gz"):
        save(learned, tmp_path / name)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_a_seller_long_gone_is_forgotten():
    """So that the file does not grow with every seller there ever was."""
    first, *others = invented_orders(days=240)
    orders = [evolve(first, facts=evolve(first.facts, seller="gone")), *others]
    settings = CalibrationSettings(confidences=(0.9,))
    for days, is_known in ((60, True), (240, False)):
        as_of = (OPENED + timedelta(days=days)).date()
        known = [order for order in orders if order.facts.purchased_at.date() < as_of]
        stored = json.loads(dumped(PromiseCalibrator.learn(known, as_of=as_of, settings=settings)))
        assert any("gone" in key for key in stored["means"]["seller"]) is is_known


def test_an_unknown_version_is_refused(learned):
    """The message names the version found and the way out."""
    document = json.loads(dumped(learned)) | {"version": 1}
    with pytest.raises(InputError, match=r"only version 2 can be read, found 1; learn anew"):
        loaded(json.dumps(document))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other"}', "order_id,purchase_ts"])
def test_what_is_not_a_calibrator_is_refused(text):
    """Any other file is named as such."""
    with pytest.raises(InputError, match="not a stored calibrator"):
        loaded(text)


def test_a_damaged_part_is_named_by_path(learned):
    """A stored calibrator that was edited by hand is refused with the path of the fault."""
    document = json.loads(dumped(learned))
    document["margins"][0]["overall"] = "much"
    del document["pace"]
    with pytest.raises(InputError) as refused:
        loaded(json.dumps(document))
    assert {fault.path for fault in refused.value.faults} == {"margins.0.overall", "pace"}


def test_a_torn_gzip_file_is_refused(tmp_path, learned):
    """A packed file cut short is refused, not half read."""
    path = tmp_path / "calibrator.json.gz"
    save(learned, path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="damaged"):
        load(path)
