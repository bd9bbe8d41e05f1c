"""Builds each adapter as a wheel, installs it in a fresh environment, runs its tests and the suite.

`python build_and_test.py [NAME ...]`; the last line counts the adapters.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from environments import HERE, adapter_folders, build_wheel, environment, with_doctests


def tested(adapter: Path, core_wheel: Path) -> bool:
    """Whether the tests of the installed wheel pass; they are copied away from the sources first."""
    with environment(adapter, core_wheel) as python, TemporaryDirectory(prefix="tests-") as folder:
        for part in ("tests", "replay", "plugin"):
            if (adapter / part).is_dir():
                shutil.copytree(adapter / part, Path(folder) / part)
        for file in ("pyproject.toml", "README.md"):
            shutil.copy(adapter / file, folder)
        print(f"== {adapter.name}", flush=True)
        listed = subprocess.run(
            [python.parent / "checkout-kit", "adapters", "--json"], capture_output=True, text=True, check=True
        )
        if f'"{adapter.name}"' not in listed.stdout:
            print(f"{adapter.name}: the entry point is missing from the wheel")
            return False
        command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        runs = [[*command, "tests"]]
        if packages := with_doctests(adapter):
            runs.append([*command, "--doctest-modules", "--pyargs", *packages])
        return all(subprocess.run(run, cwd=folder, check=False).returncode == 0 for run in runs)


def main() -> int:
    """Build, install and test each."""
    folders = adapter_folders(sys.argv[1:])
    with TemporaryDirectory(prefix="core-") as made:
        core_wheel = build_wheel(HERE.parent, Path(made))
        results = {folder.name: tested(folder, core_wheel) for folder in folders}
    failed = [name for name, passed in results.items() if not passed]
    print(f"adapters: {len(results) - len(failed)} passed, {len(failed)} failed {' '.join(failed)}".rstrip())
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
