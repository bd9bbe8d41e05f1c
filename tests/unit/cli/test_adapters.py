"""`checkout-kit adapters` and `adapter new`, and that the documentation shows what they write."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from checkout_kit.cli.adapters import adapter_group, command, write_skeleton
from checkout_kit.errors import InputError

ROOT = Path(__file__).parents[3]
SKELETON = ROOT / "src" / "checkout_kit" / "cli" / "adapter_skeleton"


@pytest.mark.parametrize("name", ["acme", "big_shop"])
def test_skeleton_works_as_written(name: str, tmp_path: Path) -> None:
    """A new adapter passes the whole suite without a change."""
    result = CliRunner().invoke(adapter_group, ["new", name, "--into", str(tmp_path)])
    assert result.exit_code == 0, result.output
    folder = tmp_path / f"checkout-kit-{name.replace('_', '-')}"
    test = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(test, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_skeleton_is_small_and_nothing_of_the_pattern_is_left(tmp_path: Path) -> None:
    """Code, tests and project file are at most 150 lines; another name leaves no trace of the pattern."""
    folder = write_skeleton("big_shop", tmp_path)
    lines = sum(
        len(file.read_text().splitlines()) for file in folder.rglob("*") if file.suffix in {".py", ".toml"}
    )
    assert lines <= 150
    written = [file for file in folder.rglob("*") if file.is_file()]
    assert [
        f for f in written if "acme" in f.read_text().lower() or "acme" in str(f.relative_to(tmp_path))
    ] == []


@pytest.mark.parametrize("name", ["Acme", "a-b", "", "1st", "../x", "a b", "x", "x" * 41])
def test_names_that_are_no_module_are_refused(name: str, tmp_path: Path) -> None:
    """A name has to become a module, an entry point and an environment prefix."""
    with pytest.raises(InputError, match="name"):
        write_skeleton(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A folder that is there stays as it is."""
    write_skeleton("acme", tmp_path)
    with pytest.raises(InputError, match="there already"):
        write_skeleton("acme", tmp_path)


def test_list_is_json_on_request() -> None:
    """The installed adapters as one object, whatever is installed here."""
    result = CliRunner().invoke(command, ["--json"])
    assert result.exit_code == 0
    assert all("capabilities" in facts for facts in json.loads(result.output).values())


def test_list_is_a_table() -> None:
    """The list for people ends well with and without adapters."""
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 0
    assert "adapter" in result.output


@pytest.mark.parametrize("template", ["adapter.py.tmpl", "test_conformance.py.tmpl"])
def test_page_shows_what_is_written(template: str) -> None:
    """docs/write-an-adapter.md holds the skeleton's code to the letter."""
    page = (ROOT / "docs" / "write-an-adapter.md").read_text(encoding="utf-8")
    assert (SKELETON / template).read_text(encoding="utf-8") in page


def test_page_names_the_number_of_lines(tmp_path: Path) -> None:
    """The size that the page promises is the real one."""
    folder = write_skeleton("acme", tmp_path)
    files = [file for file in folder.rglob("*") if file.suffix in {".py", ".toml"}]
    lines = sum(len(file.read_text().splitlines()) for file in files)
    page = (ROOT / "docs" / "write-an-adapter.md").read_text(encoding="utf-8")
    assert f"That is {lines} lines" in page


def test_table_of_capabilities_is_current() -> None:
    """docs/adapters.md says what the adapters in the repository declare."""
    script = [sys.executable, str(ROOT / "adapters" / "capability_table.py"), "--check"]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
