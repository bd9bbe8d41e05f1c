"""Opening a store where an extra is missing, or the database is of another age."""

import subprocess
import sys
from pathlib import Path

import pytest

from checkout_kit.storage import open_store
from checkout_kit.storage.opening import make_engine
from checkout_kit.storage.unusable import OutdatedSchema

BLOCKED = """
import sys
sys.modules[{module!r}] = None
from checkout_kit.errors import MissingExtra
from checkout_kit.storage import open_store
try:
    open_store({url!r})
except MissingExtra as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("module", "url", "extra"),
    [("sqlalchemy", "sqlite://", "storage"), ("psycopg", "postgresql://shop@nowhere/shop", "postgresql")],
)
def test_a_missing_extra_is_named(module: str, url: str, extra: str) -> None:
    """Without the library, the error says what to install; importing the room alone needs neither."""
    code = BLOCKED.format(module=module, url=url)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"pip install 'checkout-kit[{extra}]'" in done.stdout


def test_a_database_without_tables_is_not_made_one_unasked(tmp_path: Path) -> None:
    """With `creates=False` an empty file stays empty, and waiting would not help."""
    url = f"sqlite:///{tmp_path / 'other.db'}"
    with pytest.raises(OutdatedSchema, match="schema None") as caught:
        open_store(url, creates=False)
    assert not caught.value.retryable
    engine = make_engine(url)
    with engine.connect() as connection:
        tables = connection.exec_driver_sql("select count(*) from sqlite_master").scalar()
    engine.dispose()
    assert tables == 0
