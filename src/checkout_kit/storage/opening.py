"""Open a store by its URL; SQLAlchemy is imported only here and below."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from checkout_kit.errors import InputError, MissingExtra
from checkout_kit.storage.unusable import OutdatedSchema

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import ExceptionContext

    from checkout_kit.storage.sql import SqlStore

Durability = Literal["full", "normal"]
_UPGRADE = "run: checkout-kit db upgrade"


def open_store(
    url: str, *, creates: bool = True, durability: Durability = "full", pool_size: int = 10
) -> "SqlStore":
    """The store at `sqlite:///shop.db`, `sqlite://` (in memory) or `postgresql://user:password@host/name`.

    An empty database gets its tables unless `creates` is False. `durability` is SQLite's: `full` survives a
    power cut after every answer, `normal` may lose the last moments then, and neither loses anything to a
    killed process.

    Raises:
        MissingExtra: SQLAlchemy, or the PostgreSQL driver, is not installed.
        InputError: the URL is of another database.
        OutdatedSchema: the schema is older or newer than this version's; run `checkout-kit db upgrade`.
        DamagedDatabase: the file is no database, or has broken pages.
    """
    engine = make_engine(url, durability=durability, pool_size=pool_size)
    from checkout_kit.storage.faults import our_errors
    from checkout_kit.storage.sql import SqlStore
    from checkout_kit.storage.upgrade import HEAD, create_all, current_revision

    with our_errors():
        found = current_revision(engine)
        if found is None and creates:
            create_all(engine)
            found = HEAD
    if found != HEAD:
        engine.dispose()
        remedy = "install the newer checkout-kit it was made with" if (found or "") > HEAD else _UPGRADE
        raise OutdatedSchema(f"the database has schema {found!r}, this version needs {HEAD!r}; {remedy}")
    return SqlStore(engine)


def make_engine(url: str, *, durability: Durability = "full", pool_size: int = 10) -> "Engine":
    """The engine of a URL, in autocommit, with SQLite in WAL mode."""
    try:
        from sqlalchemy import create_engine, event
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError
        from sqlalchemy.pool import NullPool, StaticPool
    except ImportError as error:
        raise MissingExtra("storage", needed_for="the database store") from error
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("sqlite", "postgresql"):
        kind = url.partition(":")[0]
        raise InputError.of(
            "url",
            "not a database this store knows",
            found=kind,
            remedy="use sqlite:///FILE or postgresql://...",
        )
    if parsed.get_backend_name() == "postgresql":
        try:
            import psycopg  # noqa: F401
        except ImportError as error:
            raise MissingExtra("postgresql", needed_for="a PostgreSQL store") from error
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", pool_size=pool_size,
            max_overflow=pool_size, pool_timeout=30, hide_parameters=True,
        )  # fmt: skip
    in_memory = parsed.database in (None, "", ":memory:")
    if not in_memory and parsed.database is not None:
        Path(parsed.database).expanduser().resolve().parent.mkdir(parents=True, exist_ok=True)
    pool: dict[str, Any] = {"poolclass": StaticPool if in_memory else NullPool}
    engine = create_engine(
        parsed, isolation_level="AUTOCOMMIT", hide_parameters=True,
        connect_args={"timeout": 30, "check_same_thread": False}, **pool,
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.execute("pragma journal_mode=wal")
        connection.execute(f"pragma synchronous={'full' if durability == 'full' else 'normal'}")
        connection.execute("pragma foreign_keys=on")

    from checkout_kit.storage.faults import damaged, is_damage

    @event.listens_for(engine, "handle_error")
    def _name_the_file(context: "ExceptionContext") -> None:
        if is_damage(context.original_exception):
            raise damaged(parsed.database)

    return engine
