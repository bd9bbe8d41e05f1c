"""Experiments: which policy variant a checkout belongs to, the same answer every time and no stored dice."""

import hashlib

from attrs import field, frozen

from checkout_kit.checkout.value import Assignment
from checkout_kit.errors import Fault, InputError


@frozen(kw_only=True)
class Experiment:
    """Variants of a policy with their shares, in parts of their sum.

    Raises:
        InputError: no name, fewer than two variants, or a share below zero.
    """

    name: str
    shares: tuple[tuple[str, int], ...] = field(converter=tuple)

    def __attrs_post_init__(self) -> None:
        faults = [] if self.name else [Fault("name", "is empty")]
        if len({variant for variant, _ in self.shares}) < 2:
            faults.append(Fault("shares", "needs two variants or more"))
        if any(share < 0 for _, share in self.shares) or not sum(share for _, share in self.shares):
            faults.append(Fault("shares", "shares must be zero or more, and not all zero"))
        if faults:
            raise InputError(faults)


def assign(experiment: Experiment, subject: str) -> Assignment:
    """The variant of a subject: the customer's id where known, so that they see one shop.

    >>> test = Experiment(name="free-from", shares=(("35", 1), ("50", 1)))
    >>> assign(test, "cu_1") == assign(test, "cu_1")
    True
    """
    digest = hashlib.sha256(f"{experiment.name}\n{subject}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") * sum(share for _, share in experiment.shares) >> 64
    for variant, share in experiment.shares:
        if point < share:
            return Assignment(experiment=experiment.name, variant=variant)
        point -= share
    raise AssertionError("unreachable: the point lies below the sum of the shares")
