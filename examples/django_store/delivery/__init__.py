"""checkout_kit in a Django store: options for the session's cart, and the policy where operators see it."""
