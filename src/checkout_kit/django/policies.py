"""The policies of the project: each is loaded once in a process."""

import importlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from checkout_kit.errors import InputError, NotFound
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.shipping.lint import Finding, lint_policy
from checkout_kit.shipping.loading import Syntax, read_text

DEFAULT = "default"


def policy_files() -> dict[str, Path]:
    """The files of the setting SHIPPING_POLICIES by name; raises InputError when it does not hold them."""
    named = getattr(settings, "SHIPPING_POLICIES", None)
    if not isinstance(named, dict) or not named:
        raise InputError.of(
            "SHIPPING_POLICIES",
            "must name the policies' files",
            remedy='write {"default": BASE_DIR / "shipping.toml"}',
        )
    if DEFAULT not in named:
        raise InputError.of("SHIPPING_POLICIES", 'must name one "default"', found=", ".join(map(str, named)))
    wrong = [name for name, file in named.items() if not isinstance(file, str | Path)]
    if wrong:
        raise InputError.of(f"SHIPPING_POLICIES.{wrong[0]}", "must be a path")
    return {str(name): Path(file) for name, file in named.items()}


def policy(name: str = DEFAULT) -> ShippingPolicy:
    """The policy of that name.

    Raises:
        NotFound: there is no such policy.
        InputError: it cannot be loaded; with every fault.
    """
    files = policy_files()
    if name not in files:
        raise NotFound(f"no policy {name[:40]!r}; there are: {', '.join(files)}")
    return _load(files[name])


@lru_cache(maxsize=64)
def _load(file: Path) -> ShippingPolicy:
    return ShippingPolicy.load(file)


def findings(file: Path) -> tuple[Finding, ...]:
    """What is wrong or doubtful in a policy that can be read."""
    syntax: Syntax = "json" if file.suffix.lower() == ".json" else "toml"
    return lint_policy(read_text(file.read_text(encoding="utf-8-sig"), syntax, source=str(file)))


def hook(setting: str) -> Callable[..., Any] | None:
    """The function that a setting names by its dotted path, if it names one; raises InputError."""
    path = getattr(settings, setting, None)
    if path is None or callable(path):
        return path
    module, _, name = str(path).rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError.of(setting, f"cannot be imported: {error}", found=str(path)) from None
    if not callable(found):
        raise InputError.of(setting, "must name a function", found=str(path))
    return found  # type: ignore[no-any-return]
