"""Fresh environments with the wheels of the core and of one adapter, for the scripts beside this."""

import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
TEST_TOOLS = ("pytest>=8.3", "pytest-httpserver>=1.1")


def adapter_folders(names: list[str], *, having: str = "pyproject.toml") -> list[Path]:
    """The adapters' folders that hold such a file, all or those named; an unknown name ends the script."""
    found = {file.parent.name: file.parent for file in sorted(HERE.glob(f"*/{having}"))}
    unknown = [name for name in names if name not in found]
    if unknown:
        raise SystemExit(f"no such adapter here: {', '.join(unknown)} (there are: {', '.join(found)})")
    return [found[name] for name in names or found]


def build_wheel(project: Path, into: Path) -> Path:
    """The project's wheel, built in a folder of its own."""
    target = into / project.name
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(target), str(project)]
    subprocess.run(command, check=True)
    return next(target.glob("*.whl"))


@contextmanager
def environment(adapter: Path, core_wheel: Path) -> Iterator[Path]:
    """The Python of a new environment with the adapter's wheel, the core's, and what its tests need."""
    project = tomllib.loads((adapter / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = ",".join(name for name in ("test", "prove") if name in project.get("optional-dependencies", {}))
    with TemporaryDirectory(prefix=f"{adapter.name}-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        wheel = build_wheel(adapter, Path(folder) / "wheels")
        wanted = [
            f"checkout-kit[server] @ {core_wheel.as_uri()}",
            f"{wheel}[{extras}]" if extras else str(wheel),
            *TEST_TOOLS,
        ]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
        yield python


def with_doctests(adapter: Path) -> list[str]:
    """The adapter's import packages that hold doctests, for `pytest --doctest-modules --pyargs`."""
    packages = [init.parent for init in sorted((adapter / "src").glob("*/__init__.py"))]
    return [p.name for p in packages if any(">>> " in f.read_text(encoding="utf-8") for f in p.rglob("*.py"))]
