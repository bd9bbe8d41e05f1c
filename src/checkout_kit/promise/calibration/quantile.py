"""Linear quantile regression in plain Python: Newton's method on a smoothed pinball loss.

The loss is the pinball loss convolved with a uniform kernel, which makes it smooth and convex; only rows near
the quantile enter the Hessian, and rows far below it enter the gradient through one running total.
Source: Fernandes, Guerre and Horta, "Smoothing Quantile Regressions", Journal of Business & Economic
Statistics 39 (2021).
"""

from collections.abc import Sequence
from operator import mul

from checkout_kit.promise.calibration.sample import FitSample

_BANDWIDTH = 0.15
_RIDGE = 3e-3
_FLOOR = 1e-4
_LEAST_VARIANCE = 0.01
_MOST_STEPS = 25
_LONGEST_STEP = 0.5
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


def fitted_quantile(
    sample: FitSample, confidence: float, start: Sequence[float] | None = None
) -> tuple[float, ...]:
    """Coefficients such that a share `confidence` of the outcomes lies below row times coefficients.

    The first feature must be the constant 1; it alone is not drawn toward zero,
    the others by what they vary. `start` are the coefficients
    of an earlier fit, which save steps.
    """
    rows, outcomes, weights = sample.rows, sample.outcomes, sample.weights
    size = len(rows[0])
    total_weight = sum(weights)
    columns = list(zip(*rows, strict=True))
    all_below = [(1.0 - confidence) * sum(map(mul, weights, column)) for column in columns]
    if start is None:
        start = [sorted(outcomes)[int(confidence * (len(outcomes) - 1))]] + [0.0] * (size - 1)
    coefficients = list(start)
    variances = [_variance(column) for column in columns]
    ridge = [_RIDGE * total_weight * variance for variance in variances]
    floor = [_FLOOR * total_weight * max(variance, _LEAST_VARIANCE) for variance in variances]
    for _ in range(_MOST_STEPS):
        gaps = [
            outcome - sum(map(mul, row, coefficients)) for outcome, row in zip(outcomes, rows, strict=True)
        ]
        near = [i for i, gap in enumerate(gaps) if gap > -_BANDWIDTH]
        pull = [weights[i] * min(0.5 + gaps[i] / (2 * _BANDWIDTH), 1.0) for i in near]
        above = zip(*(rows[i] for i in near), strict=True)
        gradient = [
            below + shrink * c for below, shrink, c in zip(all_below, ridge, coefficients, strict=True)
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
        reach = max(abs(sum(map(mul, row, step))) for row in rows[:: 1 + len(rows) // 2000])
        damping = min(1.0, _LONGEST_STEP / reach) if reach else 1.0
        coefficients = [c - damping * s for c, s in zip(coefficients, step, strict=True)]
        if reach < _CLOSE_ENOUGH:
            break
    return tuple(coefficients)
