"""A calibrator as a small versioned file: JSON, packed with gzip where the name ends in `.gz`.

The file keeps all that promising and further learning need. Of the orders the model is fitted on it keeps an
even selection, so the next fit after loading can differ slightly from one that was never stored.
"""

import gzip
import json
from pathlib import Path
from typing import Final

from attrs import asdict, astuple

from checkout_kit.errors import Fault, InputError
from checkout_kit.promise.calibration.calibrator import PromiseCalibrator
from checkout_kit.promise.calibration.orders import RememberedOrder
from checkout_kit.promise.calibration.sample import FitSample

FORMAT: Final = "checkout-kit/promise-calibrator"
VERSION: Final = 2
_STORED_SAMPLE: Final = 10_000


def dumped(calibrator: PromiseCalibrator) -> str:
    """The calibrator as JSON text; the same state always gives the same text."""
    sample = FitSample.from_state(calibrator.sample.state())
    while len(sample.rows) > _STORED_SAMPLE:
        sample.thin()
    document = {
        "format": FORMAT,
        "version": VERSION,
        "settings": asdict(calibrator.settings),
        "today": calibrator.today,
        "fitted_on": calibrator.fitted_on,
        "clock_arrivals": list(calibrator.clock.arrivals_by_weekday),
        "arrivals": calibrator.arrivals,
        "pace": None if calibrator.pace is None else asdict(calibrator.pace),
        "slowness": asdict(calibrator.slowness),
        "orders_a_day": calibrator.orders_a_day,
        "averages": {name: [each.count, each.mean] for name, each in calibrator.averages.items()},
        "coefficients": calibrator.coefficients,
        "margins": [{"overall": margin.overall, "by_zone": margin.by_zone} for margin in calibrator.margins],
        "means": {name: means.entries for name, means in calibrator.lead.means.items()},
        "orders": [_stored_order(order) for order in calibrator.book.by_id.values()],
        "sample": sample.state(),
    }
    return json.dumps(document, separators=(",", ":"), allow_nan=False)


def loaded(text: str | bytes, *, source: str = "calibrator") -> PromiseCalibrator:
    """The calibrator that `dumped` wrote.

    Raises InputError for anything else, naming the format or version it cannot read.
    """
    from checkout_kit.promise.calibration.stored import StoredCalibrator, faults_of

    try:
        document = json.loads(text)
    except ValueError as error:
        raise InputError([Fault("", f"not a stored calibrator: {error}")], source=source) from error
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        raise InputError.of("format", f"not a stored calibrator, {FORMAT!r} expected", found=found)
    if document.get("version") != VERSION:
        remedy = "learn anew from the history, or use the checkout-kit that wrote it"
        found = document.get("version")
        raise InputError.of("version", f"only version {VERSION} can be read", found=found, remedy=remedy)
    try:
        stored = StoredCalibrator.model_validate(document)
    except ValueError as error:
        raise InputError(faults_of(error), source=source) from error
    return stored.calibrator()


def save(calibrator: PromiseCalibrator, path: Path) -> None:
    """Write the calibrator to a file."""
    data = dumped(calibrator).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def load(path: Path) -> PromiseCalibrator:
    """Read a calibrator from a file.

    Raises InputError when it is not one, or of a version this package cannot read.
    """
    data = path.read_bytes()
    if path.suffix == ".gz":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError) as error:
            raise InputError([Fault("", f"the gzip file is damaged: {error}")], source=str(path)) from error
    return loaded(data, source=str(path))


def _stored_order(order: RememberedOrder) -> list[object]:
    return [
        order.order_id,
        order.purchased,
        order.keys.handling,
        order.keys.transit,
        order.keys.zone,
        order.keys.seller,
        astuple(order.outlook),
        order.row,
        order.promised,
        order.handed_over,
        order.delivered,
        order.is_mature,
    ]
