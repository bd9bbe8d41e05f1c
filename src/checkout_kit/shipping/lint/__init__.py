"""Lint: what is wrong or doubtful in a shipping policy, where, why, and what would mend it."""

from checkout_kit.shipping.lint.finding import Finding
from checkout_kit.shipping.lint.run import lint_policy

__all__ = ["Finding", "lint_policy"]
