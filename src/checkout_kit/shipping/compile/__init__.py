"""From the policy document to its compiled form; imported only when a policy is loaded."""

from checkout_kit.shipping.compile.policy import compile_policy

__all__ = ["compile_policy"]
