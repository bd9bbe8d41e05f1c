"""The policy document: pydantic models of what a merchant writes. Imported only when a policy is loaded."""

from checkout_kit.shipping.document.policy import PolicyDocument

__all__ = ["PolicyDocument"]
