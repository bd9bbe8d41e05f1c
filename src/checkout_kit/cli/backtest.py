"""`checkout-kit backtest`: replay a shop's history and write the dates that would have been promised."""

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from checkout_kit.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from checkout_kit.promise.calibration.backtest import Prediction
    from checkout_kit.promise.calibration.facts import CalibrationSettings
    from checkout_kit.promise.calibration.history import History
    from checkout_kit.promise.calibration.metrics import BacktestScore

_SHOWN_ROWS = 10
_REPORT_CONFIDENCES = (0.5, 0.8, 0.9, 0.95)


class _Day(click.DateTime):
    """A date, named in help as people write it."""

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """What stands for the value in help."""
        return "YYYY-MM-DD"


_DAY = _Day(formats=["%Y-%m-%d"])


@click.command("backtest", short_help="Try calibrated promises on a shop's history.")
@click.argument("path", metavar="HISTORY.csv[.gz]")
@click.option("--since", required=True, type=_DAY, help="First day of purchase to promise for.")
@click.option(
    "--until", type=_DAY, help="Last day of purchase to promise for (default: the last in the file)."
)
@click.option(
    "--confidence",
    "confidences",
    multiple=True,
    default=(0.95,),
    show_default=True,
    type=click.FloatRange(0.5, 1, max_open=True),
    help="Share of promises to keep; repeat to compare, --out gets the first.",
)
@click.option("--out", "out_path", metavar="FILE", help="Also write order_id,promised_date.")
@click.option("--report", "report_path", metavar="FILE", help="Also write an HTML report (extra: plots).")
@click.option(
    "--column", "mapped", multiple=True, metavar="OURS=THEIRS", help="A column your file names differently."
)
@click.option(
    "--number", "figures", multiple=True, metavar="COLUMN", help="A further numeric column to learn from."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON document.")
def command(
    *,
    path: str,
    since: datetime,
    until: datetime | None,
    confidences: tuple[float, ...],
    out_path: str | None,
    report_path: str | None,
    mapped: tuple[str, ...],
    figures: tuple[str, ...],
    as_json: bool,
) -> None:
    """Replay a history in order of time; each promise knows only what had happened before its order.

    Exit code 2: the file or an option cannot be used.
    """
    from checkout_kit.promise.calibration.facts import CalibrationSettings
    from checkout_kit.promise.calibration.history import read_history
    from checkout_kit.promise.calibration.metrics import score_of

    try:
        if report_path is not None:
            _require_plots()
        with _opened(path) as lines:
            history = read_history(lines, columns=_mapping(mapped), figures=figures, source=path)
        last = history.orders[-1].facts.purchased_at.date()
        if since.date() > last:
            raise InputError.of("--since", f"no order was purchased on or after it; the last was on {last}")
        if until is not None and until < since:
            raise InputError.of("--until", "before --since", found=str(until.date()))
        asked = tuple(dict.fromkeys(confidences))
        levels = asked if report_path is None else tuple(dict.fromkeys((*asked, *_REPORT_CONFIDENCES)))
        settings = CalibrationSettings(confidences=levels, numbers=history.figures)
        predictions = _replayed(history, since, until, settings)
        if out_path is not None:
            _write_predictions(Path(out_path), predictions[asked[0]])
        scores = [score for level in levels if (score := score_of(predictions[level])) is not None]
        if report_path is not None:
            from checkout_kit.promise.calibration.report import report_html

            page = report_html(predictions, scores=scores, asked=asked[0], history=history)
            Path(report_path).write_text(page, encoding="utf-8")
    except InputError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except OSError as error:
        click.echo(f"{error.filename or path}: cannot be used: {error.strerror or error}", err=True)
        sys.exit(2)
    shown = [score for score in scores if score.confidence in asked]
    written = 0 if out_path is None else len(predictions[asked[0]])
    click.echo(_as_json(history, shown, written) if as_json else _as_text(history, shown, written, out_path))


def _require_plots() -> None:
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise MissingExtra("plots", needed_for="backtest --report")


def _mapping(mapped: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in mapped]
    for ours, equals, theirs in pairs:
        if not (ours and equals and theirs):
            raise InputError.of("--column", "not of the form OURS=THEIRS", found=f"{ours}{equals}{theirs}")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


@contextmanager
def _opened(path: str) -> Iterator[IO[str]]:
    """The file's text, unpacked when it is gzip, whatever its name."""
    with Path(path).open("rb") as raw:
        is_packed = raw.peek(2)[:2] == b"\x1f\x8b"
        unpacked = gzip.GzipFile(fileobj=raw) if is_packed else raw
        try:
            with io.TextIOWrapper(unpacked, encoding="utf-8-sig", newline="") as lines:
                yield lines
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise InputError.of(path, f"the gzip file is damaged: {error}") from error


def _replayed(
    history: "History", since: datetime, until: datetime | None, settings: "CalibrationSettings"
) -> "dict[float, list[Prediction]]":
    from rich.console import Console
    from rich.progress import track

    from checkout_kit.promise.calibration.backtest import backtest

    last_day = None if until is None else until.date()
    console = Console(stderr=True)
    steps = track(
        backtest(history.orders, since=since.date(), until=last_day, settings=settings),
        description="Replaying",
        total=len(history.orders),
        console=console,
        disable=not console.is_terminal,
    )
    predictions: dict[float, list[Prediction]] = {level: [] for level in settings.confidences}
    for step in steps:
        for each in step.predictions:
            predictions[each.confidence].append(each)
    return predictions


def _write_predictions(path: Path, predictions: "Sequence[Prediction]") -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("order_id", "promised_date"))
        writer.writerows((each.order_id, each.promised_on.isoformat()) for each in predictions)


def _rows(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_SHOWN_ROWS]))
    return shown if len(numbers) <= _SHOWN_ROWS else f"{shown}, and {len(numbers) - _SHOWN_ROWS} more"


def _as_text(
    history: "History", scores: "Sequence[BacktestScore]", written: int, out_path: str | None
) -> str:
    lines = [f"{len(history.orders)} orders read, {len(history.excluded)} rows left out"]
    lines += [f"  {reason}: row {_rows(rows)}" for reason, rows in history.excluded_by_reason.items()]
    if history.set_aside:
        rows = [fault.row for fault in history.set_aside]
        lines.append(f"{len(rows)} impossible values set aside (row kept): row {_rows(rows)}")
    if history.unknown_columns:
        lines.append(f"columns not used: {', '.join(history.unknown_columns)}")
    for score in scores:
        lines.append(f"confidence {score.confidence:g}, {score.delivered} delivered orders:")
        promised = f"promised {score.mean_promised_days:.2f} days{_compared(score.shorter_by)}"
        lines.append(f"  on time {score.on_time_rate:.2%}, {promised}")
        lines.append(f"  pinball loss {score.pinball_days:.3f} days")
        for kind, worst in (("zone", score.worst_zone), ("week from", score.worst_week)):
            if worst is not None:
                lines.append(f"  worst {kind} {worst.group}: {worst.on_time_rate:.1%} of {worst.orders}")
        lines += [f"  {count} promises rest on: {basis}" for basis, count in score.bases]
    if out_path is not None:
        lines.append(f"{written} promises written to {out_path}")
    return "\n".join(lines)


def _compared(shorter_by: float | None) -> str:
    if shorter_by is None:
        return ""
    word = "shorter" if shorter_by >= 0 else "longer"
    return f", {abs(shorter_by):.1%} {word} than the shop's own estimate"


def _as_json(history: "History", scores: "Sequence[BacktestScore]", written: int) -> str:
    from attrs import asdict

    document = {
        "orders_read": len(history.orders),
        "rows_excluded": {reason: list(rows) for reason, rows in history.excluded_by_reason.items()},
        "values_set_aside": [str(fault) for fault in history.set_aside],
        "columns_not_used": list(history.unknown_columns),
        "promises_written": written,
        "scores": [{**asdict(score), "bases": dict(score.bases)} for score in scores],
    }
    return json.dumps(document, indent=2)
