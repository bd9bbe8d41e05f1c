"""Carriers: live rates from many sources under one deadline, backed by a cache and the stored table."""

from checkout_kit.carriers.asking import rate_request
from checkout_kit.carriers.cache import RateCache
from checkout_kit.carriers.fan_out import fetch_rates, fetch_rates_async
from checkout_kit.carriers.json_source import JsonRateSource
from checkout_kit.carriers.port import (
    LiveRates,
    MalformedReply,
    Parcel,
    RateCall,
    RateReply,
    RateRequest,
    RateSource,
    SourceReport,
)

__all__ = [
    "JsonRateSource",
    "LiveRates",
    "MalformedReply",
    "Parcel",
    "RateCache",
    "RateCall",
    "RateReply",
    "RateRequest",
    "RateSource",
    "SourceReport",
    "fetch_rates",
    "fetch_rates_async",
    "rate_request",
]
