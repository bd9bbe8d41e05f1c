"""Faults in what an adapter says of itself."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from checkout_kit.adapter import (
    Capability,
)
from checkout_kit.errors import InputError
from checkout_kit.testing.adapters.reference import ReferenceAdapter
from tests.unit.testing.broken import caught_by


@caught_by("test_capabilities_are_declared")
class DeclaresAList(ReferenceAdapter):
    capabilities = tuple(Capability)  # type: ignore[assignment]


@caught_by("test_undeclared_operations_are_unsupported")
class HidesWhatItCan(ReferenceAdapter):
    capabilities = ReferenceAdapter.capabilities - {Capability.CARTS}


@caught_by("test_declared_operations_exist")
class PromisesTooMuch(ReferenceAdapter):
    get_cart = ReferenceAdapter.__mro__[2].get_cart  # type: ignore[assignment]


@caught_by("test_secret_is_shown_by_no_repr")
class ShowsItsSettings(ReferenceAdapter):
    def __repr__(self) -> str:
        return f"<adapter with {self.settings.secret.reveal()}>"


@caught_by("test_missing_settings_are_all_named")
class NamesOneSettingOnly(ReferenceAdapter):
    @classmethod
    def from_environment(cls, environment: Any) -> "NamesOneSettingOnly":
        raise InputError.of("CHECKOUT_KIT_REFERENCE_SHOP", "is not set")


@caught_by("test_every_declared_page_is_recorded")
class DeclaresAPageItDoesNotAnswer(ReferenceAdapter):
    """Its shop's page would wait for nothing."""

    pages = ("address",)


@caught_by("test_name_and_title_are_declared")
class HasTwoWordsForAName(ReferenceAdapter):
    name = "Reference shop"


@caught_by("test_secret_is_the_one_in_use")
class ChecksWithAnotherSecret(ReferenceAdapter):
    def rate_secrets(self) -> Sequence[str]:
        return ("another",)


@caught_by("test_environment_sets_up_the_same_adapter")
class ReadsAnotherVariable(ReferenceAdapter):
    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        moved = dict(environment)
        if "CHECKOUT_KIT_REFERENCE_TOKEN" in moved:
            moved["CHECKOUT_KIT_REFERENCE_TOKEN"] = moved["CHECKOUT_KIT_REFERENCE_SECRET"]
        return super().from_environment(moved)


@caught_by("test_environment_sets_up_the_same_adapter")
class CannotBeSetUpByVariables(ReferenceAdapter):
    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        if "CHECKOUT_KIT_REFERENCE_SHOP" in environment:
            raise InputError.of("CHECKOUT_KIT_REFERENCE_SHOP", "not a usable shop")
        return super().from_environment(environment)
