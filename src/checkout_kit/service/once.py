"""What an idempotency key was used for, by a digest of what was asked."""

import hashlib
import hmac
import json

from attrs import asdict

from checkout_kit.checkout import Cancel, Update
from checkout_kit.errors import IdempotencyConflict
from checkout_kit.service.settings import NewCheckout
from checkout_kit.storage import Record


def fingerprint(asked: NewCheckout | Update | Cancel, version: int | None = None) -> str:
    """A digest of everything asked for, what is kept out of reprs included."""
    text = json.dumps([asdict(asked), version], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def check_fingerprint(record: Record, digest: str) -> None:
    """Refuse a key that was used for something else; raises IdempotencyConflict."""
    if not hmac.compare_digest(record.fingerprint, digest):
        raise IdempotencyConflict(
            "this idempotency key was used before with another request; send a new key for a new request"
        )
