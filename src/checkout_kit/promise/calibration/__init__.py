"""Calibration: promised dates learned from the shop's own deliveries, kept as often as asked for."""

from checkout_kit.promise.calibration.backtest import BacktestStep, Prediction, backtest
from checkout_kit.promise.calibration.calibrator import PreparedPromise, PromiseCalibrator
from checkout_kit.promise.calibration.facts import (
    CalibratedPromise,
    CalibrationSettings,
    OrderFacts,
    PastOrder,
    PromiseBasis,
)
from checkout_kit.promise.calibration.history import History, RowFault, read_history
from checkout_kit.promise.calibration.metrics import BacktestScore, GroupRate, score_of
from checkout_kit.promise.calibration.store import dumped, load, loaded, save

__all__ = [
    "BacktestScore",
    "BacktestStep",
    "CalibratedPromise",
    "CalibrationSettings",
    "GroupRate",
    "History",
    "OrderFacts",
    "PastOrder",
    "Prediction",
    "PreparedPromise",
    "PromiseBasis",
    "PromiseCalibrator",
    "RowFault",
    "backtest",
    "dumped",
    "load",
    "loaded",
    "read_history",
    "save",
    "score_of",
]
