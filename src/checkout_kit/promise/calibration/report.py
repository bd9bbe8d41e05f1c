"""The backtest as one self-contained HTML page; needs the extra `plots` (matplotlib)."""

import io
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from checkout_kit.errors import MissingExtra
from checkout_kit.promise.calibration.backtest import Prediction
from checkout_kit.promise.calibration.history import History
from checkout_kit.promise.calibration.metrics import (
    ENOUGH_FOR_A_WEEK,
    ENOUGH_FOR_A_ZONE,
    BacktestScore,
    GroupRate,
    monday_of,
    rates_by,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_OURS = "#1f5f8b"
_THEIRS = "#c8752d"
_GOAL = "#767676"
_FEWEST_IN_A_LANE = 30
_MOST_LANES = 25
_LONGEST_SHARE_HIDDEN = 0.005
_LEGEND = (
    "Mean days run from the day of purchase to the promised date. The pinball loss weighs each day late by "
    "the confidence and each day to spare by the rest, so lower is better. The worst zone has at least "
    f"{ENOUGH_FOR_A_ZONE} orders, the worst week at least {ENOUGH_FOR_A_WEEK}."
)
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c}"
    "table{border-collapse:collapse}th,td{padding:.3rem .8rem;text-align:right;border-bottom:1px solid #ddd}"
    "td{white-space:nowrap}svg{max-width:100%;height:auto}figure{margin:2rem 0}figcaption{color:#555}"
)


def report_html(
    predictions: Mapping[float, Sequence[Prediction]],
    *,
    scores: Sequence[BacktestScore],
    asked: float,
    history: History,
) -> str:
    """The page: figures, reliability by confidence, on time by week, days against the shop's own, by lane.

    Raises MissingExtra without matplotlib.
    """
    ours = predictions[asked]
    by_confidence = sorted(scores, key=lambda score: score.confidence)
    weeks = rates_by(ours, lambda each: monday_of(each.purchased_on))
    lanes = [rate for rate in rates_by(ours, lambda each: each.lane) if rate.orders >= _FEWEST_IN_A_LANE]
    busiest = sorted(lanes, key=lambda rate: rate.orders, reverse=True)[:_MOST_LANES]
    figures = (
        ("Reliability: promises kept against promises meant to be kept", _reliability(by_confidence)),
        (f"On time by week of purchase, at confidence {asked:g}", _by_week(weeks, asked)),
        ("Days promised, against the shop's own estimate (without the longest 0.5 %)", _days(ours)),
        (f"On time by lane, the {len(busiest)} busiest of {len(lanes)}", _by_lane(busiest, asked)),
    )
    drawn = "".join(
        f"<figure>{svg}<figcaption>{escape(title)}</figcaption></figure>" for title, svg in figures
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Promise backtest</title>'
        f"<style>{_STYLE}</style></head><body><h1>Promise backtest</h1>"
        f"<p>{len(ours)} orders{_bought(ours)} promised, {_left_out(history)}.</p>{_table(by_confidence)}"
        f"<p>{_LEGEND}</p>{drawn}"
        "</body></html>\n"
    )


def _bought(predictions: Sequence[Prediction]) -> str:
    days = sorted(each.purchased_on for each in predictions)
    return f" bought {days[0]} to {days[-1]}" if days else ""


def _left_out(history: History) -> str:
    reasons = [f"{len(rows)} {escape(reason)}" for reason, rows in history.excluded_by_reason.items()]
    return f"{len(history.excluded)} rows left out" + (f" ({'; '.join(reasons)})" if reasons else "")


def _table(scores: Sequence[BacktestScore]) -> str:
    head = (
        "confidence",
        "on time",
        "mean days",
        "against own estimate",
        "pinball, days",
        "worst zone",
        "worst week",
    )
    rows = [
        (
            f"{score.confidence:g}",
            f"{score.on_time_rate:.1%}",
            f"{score.mean_promised_days:.1f}",
            _compared(score.shorter_by),
            f"{score.pinball_days:.3f}",
            _named(score.worst_zone),
            _named(score.worst_week),
        )
        for score in scores
    ]
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    titles = "".join(f'<th scope="col">{title}</th>' for title in head)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


def _compared(shorter_by: float | None) -> str:
    if shorter_by is None:
        return ""
    return f"{abs(shorter_by):.1%} {'shorter' if shorter_by >= 0 else 'longer'}"


def _named(rate: GroupRate | None) -> str:
    return "" if rate is None else f"{rate.on_time_rate:.1%} ({rate.group})"


class _Drawing:
    """One figure; `svg()` gives the markup without anything that differs between two runs."""

    def __init__(self, height: float = 3.6) -> None:
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise MissingExtra("plots", needed_for="the backtest report") from error
        self._figure = Figure(figsize=(9, height), layout="constrained")
        self.axes: Axes = self._figure.add_subplot()
        self.axes.spines[["top", "right"]].set_visible(False)

    def svg(self) -> str:
        from matplotlib import rc_context

        out = io.StringIO()
        with rc_context({"svg.hashsalt": "checkout-kit", "svg.fonttype": "none"}):
            self._figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        text = out.getvalue()
        return text[text.index("<svg") :]


def _reliability(scores: Sequence[BacktestScore]) -> str:
    drawing = _Drawing()
    meant = [100 * score.confidence for score in scores]
    kept = [100 * score.on_time_rate for score in scores]
    drawing.axes.plot(
        [50, 100], [50, 100], color=_GOAL, linestyle="--", label="kept exactly as often as meant"
    )
    drawing.axes.plot(meant, kept, color=_OURS, marker="o", label="kept")
    drawing.axes.set(xlabel="confidence, %", ylabel="on time, %")
    drawing.axes.legend(frameon=False)
    return drawing.svg()


def _by_week(weeks: Sequence[GroupRate], asked: float) -> str:
    drawing = _Drawing()
    drawing.axes.plot(range(len(weeks)), [100 * week.on_time_rate for week in weeks], color=_OURS, marker=".")
    drawing.axes.axhline(100 * asked, color=_GOAL, linestyle="--")
    every = max(1, len(weeks) // 10)
    drawing.axes.set_xticks(range(0, len(weeks), every), [week.group for week in weeks[::every]], rotation=30)
    drawing.axes.set(ylabel="on time, %")
    return drawing.svg()


def _days(predictions: Sequence[Prediction]) -> str:
    drawing = _Drawing()
    ours = [each.promised_days for each in predictions]
    own = [
        (each.own_estimate - each.purchased_on).days for each in predictions if each.own_estimate is not None
    ]
    longest_first = sorted([*ours, *own, 0], reverse=True)
    bins = range(longest_first[int(_LONGEST_SHARE_HIDDEN * len(longest_first))] + 2)
    drawing.axes.hist(ours, bins=bins, color=_OURS, alpha=0.7, label="calibrated")
    if own:
        drawing.axes.hist(own, bins=bins, color=_THEIRS, alpha=0.5, label="the shop's own estimate")
    drawing.axes.set(xlabel="days promised", ylabel="orders")
    drawing.axes.legend(frameon=False)
    return drawing.svg()


def _by_lane(lanes: Sequence[GroupRate], asked: float) -> str:
    drawing = _Drawing(height=1.2 + 0.25 * len(lanes))
    shown = list(reversed(lanes))
    rates = [100 * lane.on_time_rate for lane in shown]
    drawing.axes.plot(rates, range(len(shown)), color=_OURS, marker="o", linestyle="")
    drawing.axes.grid(axis="y", color="#e4e4e4")
    drawing.axes.axvline(100 * asked, color=_GOAL, linestyle="--")
    drawing.axes.set_yticks(
        range(len(shown)), [f"{lane.group} ({lane.mean_promised_days:.0f} days)" for lane in shown]
    )
    drawing.axes.set(xlabel="on time, % (mean days promised beside the lane)")
    return drawing.svg()
