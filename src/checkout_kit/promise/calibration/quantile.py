"""Linear quantile regression in plain Python: Newton's method on a smoothed pinball loss.

The loss is the pinball loss convolved with a uniform kernel, which makes it smooth and convex; only rows near
the quantile enter the Hessian, and rows far below it enter the gradient through one running total.
Source: Fernandes, Guerre and Horta, "Smoothing Quantile Regressions", Journal of Business & Economic
Statistics 39 (2021).
"""

from collections.abc import Sequence
from itertools import compress
from operator import mul

from attrs import frozen

from checkout_kit.promise.calibration.sample import FitSample

_BANDWIDTH = 0.15
_RIDGE = 3e-3
_FIRM_RIDGE = 3e-2
_FLOOR = 1e-4
_LEAST_VARIANCE = 0.01
_MOST_STEPS = 25
_ROWS_LOOKED_AT = 2000
_ENOUGH_ABOVE = 4000
_LONGEST_STEP = 0.5
_SHORT_STEP = 0.08
_OUT_OF_REACH = 0.5
_CLOSE_ENOUGH = 2e-3


def solved(matrix: list[list[float]], vector: list[float]) -> list[float]:
    """The solution of a symmetric positive definite system, by Gaussian elimination."""
    size = len(vector)
    rows = [[*matrix[i], vector[i]] for i in range(size)]
    for i in range(size):
        pivot = rows[i][i]
        for j in range(i + 1, size):
            factor = rows[j][i] / pivot
            if factor:
                rows[j] = [below - factor * above for below, above in zip(rows[j], rows[i], strict=True)]
    result = [0.0] * size
    for i in reversed(range(size)):
        known = sum(map(mul, rows[i][i + 1 : size], result[i + 1 :]))
        result[i] = (rows[i][size] - known) / rows[i][i]
    return result


def _variance(column: Sequence[float]) -> float:
    mean = sum(column) / len(column)
    return sum((value - mean) ** 2 for value in column) / len(column)


@frozen
class _Sums:
    """What the fits of one sample share: total weight, weighted sum and rough variance per feature."""

    weight: float
    features: tuple[float, ...]
    variances: tuple[float, ...]

    @classmethod
    def of(cls, sample: FitSample) -> "_Sums":
        columns = zip(*sample.rows, strict=True)
        some = sample.rows[:: 1 + len(sample.rows) // _ROWS_LOOKED_AT]
        return cls(
            weight=sum(sample.weights),
            features=tuple(sum(map(mul, sample.weights, column)) for column in columns),
            variances=tuple(_variance(column) for column in zip(*some, strict=True)),
        )


def fitted_quantiles(
    sample: FitSample,
    confidences: Sequence[float],
    *,
    usual: Sequence[float] | None = None,
    starts: Sequence[Sequence[float] | None] | None = None,
) -> list[tuple[float, ...]]:
    """Per confidence, coefficients such that this share of the outcomes lies below row times coefficients.

    The first feature must be the constant 1; it alone is not drawn toward zero, the others by what they vary.
    `usual` are coefficients to draw toward instead, ten times as hard where they are not zero. `starts` are
    the coefficients of an earlier fit, which save steps. A level with more than 4000 orders above it is
    fitted on an even selection of the orders.
    """
    usual = usual or (0.0,) * len(sample.rows[0])
    starts = starts or (None,) * len(confidences)
    thinned: dict[int, tuple[FitSample, _Sums]] = {}
    fitted = []
    for confidence, start in zip(confidences, starts, strict=True):
        stride = max(1, int((1.0 - confidence) * len(sample.rows) / _ENOUGH_ABOVE))
        if stride not in thinned:
            part = sample.every(stride)
            thinned[stride] = part, _Sums.of(part)
        part, sums = thinned[stride]
        fitted.append(_fitted(part, sums, confidence, usual, start or _start(part, confidence, usual)))
    return fitted


def _start(sample: FitSample, confidence: float, usual: Sequence[float]) -> tuple[float, ...]:
    gaps = sorted(_gaps(sample.rows, sample.outcomes, usual))
    return (gaps[int(confidence * (len(gaps) - 1))], *usual[1:])


def _gaps(
    rows: Sequence[Sequence[float]], outcomes: Sequence[float], coefficients: Sequence[float]
) -> list[float]:
    return [outcome - sum(map(mul, row, coefficients)) for outcome, row in zip(outcomes, rows, strict=True)]


def _fitted(
    sample: FitSample, sums: _Sums, confidence: float, usual: Sequence[float], start: Sequence[float]
) -> tuple[float, ...]:
    rows, outcomes, weights = sample.rows, sample.outcomes, sample.weights
    some = rows[:: 1 + len(rows) // _ROWS_LOOKED_AT]
    size = len(start)
    coefficients = tuple(start)
    settled = [(1.0 - confidence) * total for total in sums.features]
    ridge = [
        sums.weight * (_FIRM_RIDGE * max(variance, _LEAST_VARIANCE) if value else _RIDGE * variance)
        for variance, value in zip(sums.variances, usual, strict=True)
    ]
    floor = [_FLOOR * sums.weight * max(variance, _LEAST_VARIANCE) for variance in sums.variances]
    for _ in range(_MOST_STEPS):
        gaps = _gaps(rows, outcomes, coefficients)
        near = [i for i, gap in enumerate(gaps) if gap > -_BANDWIDTH]
        pull = [weights[i] * min(0.5 + gaps[i] / (2 * _BANDWIDTH), 1.0) for i in near]
        above = zip(*(rows[i] for i in near), strict=True)
        gradient = [
            below + shrink * (c - value)
            for below, shrink, c, value in zip(settled, ridge, coefficients, usual, strict=True)
        ]
        for k, column in enumerate(above):
            gradient[k] -= sum(map(mul, pull, column))
        inside = [i for i in near if gaps[i] < _BANDWIDTH]
        density = [weights[i] / (2 * _BANDWIDTH) for i in inside]
        within = list(zip(*(rows[i] for i in inside), strict=True)) or [()] * size
        hessian = [[0.0] * size for _ in range(size)]
        for k in range(size):
            weighted = list(map(mul, density, within[k]))
            for j in range(k + 1):
                hessian[k][j] = hessian[j][k] = sum(map(mul, weighted, within[j]))
            hessian[k][k] += ridge[k] + floor[k]
        step = solved(hessian, gradient)
        reach = max(abs(sum(map(mul, row, step))) for row in some)
        damping = min(1.0, _LONGEST_STEP / reach) if reach else 1.0
        coefficients = tuple(c - damping * s for c, s in zip(coefficients, step, strict=True))
        if reach < _CLOSE_ENOUGH:
            break
        if reach < _SHORT_STEP:
            # The steps to come are shorter still: rows this far off stay on their side of the quantile.
            high = [gap > _OUT_OF_REACH for gap in gaps]
            high_weights = list(compress(weights, high))
            for k, column in enumerate(zip(*compress(rows, high), strict=True)):
                settled[k] -= sum(map(mul, high_weights, column))
            stay = [-_OUT_OF_REACH < gap <= _OUT_OF_REACH for gap in gaps]
            rows = list(compress(rows, stay))
            outcomes = list(compress(outcomes, stay))
            weights = list(compress(weights, stay))
    return coefficients
