"""Walks through every platform that a registry serves, each in a fresh environment; prints the steps proven.

`python prove_platforms.py [NAME ...]`; the last line counts the platforms. Needs Node 20 and a network.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from environments import HERE, adapter_folders, build_wheel, environment


def proven(adapter: Path, core_wheel: Path) -> bool:
    """Whether the walk of the adapter's prove.py comes to its end."""
    with environment(adapter, core_wheel) as python:
        command = [python, "-W", "ignore", "prove.py"]
        beside = os.environ | {"PYTHONPATH": str(HERE)}
        return subprocess.run(command, cwd=adapter, env=beside, check=False).returncode == 0


def main() -> int:
    """Walk through each."""
    folders = adapter_folders(sys.argv[1:], having="prove.py")
    with TemporaryDirectory(prefix="core-") as made:
        core_wheel = build_wheel(HERE.parent, Path(made))
        results = {folder.name: proven(folder, core_wheel) for folder in folders}
    failed = [name for name, passed in results.items() if not passed]
    print(f"platforms: {len(results) - len(failed)} passed, {len(failed)} failed {' '.join(failed)}".rstrip())
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
