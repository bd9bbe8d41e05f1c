"""Every exception of checkout_kit.

What the buyer can fix is a `Problem` on the checkout, never one of these. These are for whoever operates or
programs the store. Each has a stable `code` and says whether the same call may succeed later (`retryable`)::

    CheckoutKitError
    |-- InputError            one or more faults in what was passed in, reported together
    |   `-- PolicyError       the same, in a shipping policy document
    |-- CurrencyMismatch      two currencies met in one sum
    |-- NotFound              no such checkout, order, customer or adapter
    |-- Conflict              the write lost against another one
    |   |-- VersionConflict   the version sent is not the current one
    |   `-- IdempotencyConflict  the key was used before with another request
    |-- Refused               the state of the checkout does not allow the command
    |   `-- NotReady          completing a checkout that still has problems
    |-- Forbidden             the secret, signature or key does not open this
    |-- Unsupported           an operation the adapter or provider does not declare
    |-- MissingExtra          an optional dependency is not installed
    `-- Unavailable           a database, carrier or payment provider did not answer; retryable
"""

from collections.abc import Iterable
from typing import ClassVar

from attrs import frozen


@frozen
class Fault:
    """One thing wrong with an input: where, what was found, and how to mend it.

    `path` is written as the author of the input would (`zones.metro.where[0].postal_codes[1]`); `found` is
    the repr of the offending value, or empty where the value must not be shown (secrets, addresses).
    """

    path: str
    message: str
    found: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        """One line: `path: message, found 'x'; remedy`."""
        text = f"{self.path}: {self.message}" if self.path else self.message
        if self.found:
            text += f", found {self.found}"
        return f"{text}; {self.remedy}" if self.remedy else text


class CheckoutKitError(Exception):
    """The root: catch this to catch everything checkout_kit raises on purpose."""

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False


class InputError(CheckoutKitError, ValueError):
    """Input that cannot be used; `faults` lists every reason found, in input order."""

    code = "invalid_input"

    def __init__(self, faults: Iterable[Fault], *, source: str = "") -> None:
        self.faults = tuple(faults)
        self.source = source
        if not self.faults:
            raise TypeError("an InputError needs at least one fault")
        prefix = f"{source}: " if source else ""
        super().__init__("\n".join(f"{prefix}{fault}" for fault in self.faults))

    @classmethod
    def of(cls, path: str, message: str, *, found: object = None, remedy: str = "") -> "InputError":
        """An error with a single fault; `found` is shown by repr unless it is None."""
        return cls([Fault(path, message, "" if found is None else short_repr(found), remedy)])


class PolicyError(InputError):
    """A shipping policy that cannot be loaded."""

    code = "invalid_policy"


class CurrencyMismatch(CheckoutKitError, ValueError):
    """Two amounts of different currencies were added or compared."""

    code = "currency_mismatch"


class NotFound(CheckoutKitError, LookupError):
    """What was asked for does not exist, or is not the caller's to see."""

    code = "not_found"


class Conflict(CheckoutKitError):
    """The write lost against another one."""

    code = "conflict"


class VersionConflict(Conflict):
    """The version sent is stale; read again from `current_version`."""

    code = "version_conflict"

    def __init__(self, *, sent: int, current_version: int) -> None:
        self.sent = sent
        self.current_version = current_version
        super().__init__(
            f"version {sent} is not current, version {current_version} is; read again and re-apply the change"
        )


class IdempotencyConflict(Conflict):
    """The idempotency key was used before with a different request."""

    code = "idempotency_conflict"


class Refused(CheckoutKitError):
    """The state the checkout is in does not allow this command."""

    code = "refused"


class NotReady(Refused):
    """A checkout was completed while it still has problems; `problems` lists them."""

    code = "not_ready"

    def __init__(self, problems: Iterable[object]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "the checkout cannot be completed yet:\n" + "\n".join(f"- {p}" for p in self.problems)
        )


class Forbidden(CheckoutKitError):
    """The secret, signature or key presented does not open this."""

    code = "forbidden"


class Unsupported(CheckoutKitError):
    """An operation that the adapter or provider does not declare."""

    code = "unsupported"


class MissingExtra(CheckoutKitError, ImportError):
    """An optional dependency is needed and not installed."""

    code = "missing_extra"

    def __init__(self, extra: str, *, needed_for: str) -> None:
        self.extra = extra
        super().__init__(f"{needed_for} needs an extra; run: pip install 'checkout-kit[{extra}]'")


class Unavailable(CheckoutKitError):
    """A database, carrier or payment provider did not answer; the same call may succeed later."""

    code = "unavailable"
    retryable = True


def short_repr(value: object, *, limit: int = 80) -> str:
    """The repr of a value, cut to `limit` characters so that a hostile value cannot flood a message."""
    try:
        text = repr(value) if not isinstance(value, str | bytes) else repr(value[: limit + 1])
    except RecursionError:
        text = f"a {type(value).__name__} nested too deeply to show"
    return text if len(text) <= limit else text[: limit - 1] + "…"
