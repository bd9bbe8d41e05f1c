"""Conformance suites for plug-ins, and doubles that pass them; imported by tests only.

`AdapterConformance` proves a platform adapter. Pytest rewrites its assertions as it does a test's.
"""

import pytest

pytest.register_assert_rewrite("checkout_kit.testing.adapters")

from checkout_kit.testing.adapters import AdapterConformance  # noqa: E402
from checkout_kit.testing.quotes import SampleOption, sample_quote  # noqa: E402
from checkout_kit.testing.readme import run_readme  # noqa: E402

__all__ = ["AdapterConformance", "SampleOption", "run_readme", "sample_quote"]
