"""Signatures of webhooks of our own: the time, the body, one of the secrets, and nothing else."""

import datetime as dt

import pytest

from checkout_kit.errors import Forbidden
from checkout_kit.payments.signature import TOLERANCE_S, check_signature, sign

NOW = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)
BODY = b'{"kind": "order.placed"}'
SIGNED = sign(BODY, "new", NOW)
TIME, _, DIGEST = SIGNED.partition(",")


@pytest.mark.parametrize(
    "header", [SIGNED, SIGNED.replace(",", ", "), f"{TIME},v0=aa,{DIGEST}", f"{TIME},v1=aa,{DIGEST}"]
)
def test_a_signature_by_any_of_the_secrets_opens(header: str) -> None:
    """While one secret takes the place of another; signatures of other kinds beside it do not matter."""
    check_signature(header, BODY, ("old", "new"), NOW)
    check_signature(header, BODY, ("new",), NOW + dt.timedelta(seconds=TOLERANCE_S))


@pytest.mark.parametrize(
    "header",
    [
        "",
        TIME,
        DIGEST,
        DIGEST.removeprefix("v1="),
        f"{TIME},{DIGEST.replace('v1', 'v0')}",
        f"{TIME},{TIME},{DIGEST}",
        f"t=,{DIGEST}",
        f"t=1e9,{DIGEST}",
        f"t={'9' * 13},{DIGEST}",
        f"{TIME},{DIGEST[:-1]}",
        f"{TIME},v1=é",
    ],
)
def test_a_header_that_is_not_ours_opens_nothing(header: str) -> None:
    """No time or two, no digest, one under another name, cut short, or not even of hexadecimal letters."""
    with pytest.raises(Forbidden):
        check_signature(header, BODY, ("new",), NOW)


def test_another_body_secret_or_time_opens_nothing() -> None:
    """The digest belongs to all three; too old and too far ahead are a replay or a wrong clock."""
    late = dt.timedelta(seconds=TOLERANCE_S + 1)
    for body, secret, now in ((BODY + b" ", "new", NOW), (BODY, "old", NOW), (BODY, "new", NOW + late)):
        with pytest.raises(Forbidden):
            check_signature(SIGNED, body, (secret,), now)
    with pytest.raises(Forbidden, match="a replay, or a wrong clock"):
        check_signature(SIGNED, BODY, ("new",), NOW - late)
    with pytest.raises(Forbidden):
        check_signature(SIGNED, BODY, (), NOW)
