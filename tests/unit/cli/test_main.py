"""What holds of every sub-command: exit codes and messages instead of tracebacks."""

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from checkout_kit.cli import main

TABLE = "Country,Region/State,Zip/Postal Code,Weight (and above),Shipping Price\n*,*,*,0,4.50\n"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """An output file in a folder that does not exist: its name, the reason, exit code 2."""
    (tmp_path / "table.csv").write_text(TABLE)
    out = tmp_path / "none" / "policy.toml"
    arguments = ["import", "magento", str(tmp_path / "table.csv"), "--currency", "USD", "--out", str(out)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert f"{out}: cannot be used: No such file or directory" in result.stderr


def test_letters_the_terminal_lacks_are_escaped(tmp_path: Path) -> None:
    """A name that no encoding can write is shown escaped, in a process of its own."""
    scenario = {"id": "\ud800", "given": {}, "expect": {"latest": "2027-01-01"}}
    (tmp_path / "s.json").write_text(json.dumps({"cases": [scenario]}))
    program = "from checkout_kit.cli import main; main()"
    found = subprocess.run(
        [sys.executable, "-c", program, "promise", "--scenarios", str(tmp_path / "s.json")],
        capture_output=True,
        check=False,
        text=True,
    )
    assert found.returncode == 1
    assert "\\ud800: differs" in found.stdout
    assert "Traceback" not in found.stderr
