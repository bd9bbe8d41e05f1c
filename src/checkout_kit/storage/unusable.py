"""Databases that no waiting makes usable: each says what does."""

from checkout_kit.errors import Unavailable


class OutdatedSchema(Unavailable):
    """The database has another schema than this version needs; waiting does not help, migrating does."""

    code = "outdated_schema"
    retryable = False


class DamagedDatabase(Unavailable):
    """The database file has broken pages; waiting does not help, a backup or `.recover` does."""

    code = "damaged_database"
    retryable = False
