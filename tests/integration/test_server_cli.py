"""`checkout-kit demo` and `checkout-kit serve` as processes of their own."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

COMMAND = [sys.executable, "-c", "from checkout_kit.cli import main; main(prog_name='checkout-kit')"]
POLICY = """
currency = "USD"
[origins.here]
timezone = "Europe/Berlin"
cutoff = "14:00"
[zones.eu]
where = [{ group = "EU" }]
[[methods]]
id = "post"
title = "Post"
zones = ["eu"]
price = "5.00"
"""


@contextmanager
def running(*arguments: str, cwd: Path) -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
    """The command, once it has said where it listens, with the lines it printed."""
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if "openapi.json" in line:
                break
        yield process, said
    finally:
        if process.poll() is None:
            process.kill()
        process.stdout.close()
        process.wait()


def url_in(said: list[str]) -> str:
    """The address in the first line."""
    found = re.search(r"http://127\.0\.0\.1:\d+", said[0])
    assert found is not None, said
    return found[0]


def run(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """The command run to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_opens_and_closes(end: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names its address, serves page and document, and leaves nothing behind when it is told to end."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with running("demo", "--no-browser", "--port", "0", cwd=tmp_path) as (process, said):
        url = url_in(said)
        assert "arrives" in httpx.get(f"{url}/").text
        assert httpx.get(f"{url}/openapi.json").json()["openapi"].startswith("3.1")
        process.send_signal(end)
        rest = process.communicate(timeout=20)[0]
    assert process.returncode == 0
    assert "closed" in rest
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []


def test_the_demo_keeps_its_shop_where_it_is_told(tmp_path: Path) -> None:
    """With --db the shop is a file, and an order in it is still there the next time."""
    for _ in range(2):
        with running("demo", "--no-browser", "--port", "0", "--db", "shop.db", cwd=tmp_path) as (
            process,
            said,
        ):
            assert httpx.get(url_in(said) + "/").status_code == 200
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
        assert process.returncode == 0
    assert (tmp_path / "shop.db").exists()


def test_serve_opens_checkouts_for_the_shop(tmp_path: Path) -> None:
    """The printed key opens a checkout with the shop's own prices, and its page is there."""
    (tmp_path / "policy.toml").write_text(POLICY)
    with running("serve", "--policy", "policy.toml", "--port", "0", cwd=tmp_path) as (process, said):
        url = url_in(said)
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if "shop key" in line:
                break
        key = re.findall(r"sk_[\w-]+", said[-1])[0]
        assert "The checkout is running" in httpx.get(f"{url}/").text
        book = {"id": "1", "sku": "book", "quantity": 1, "unit_price": 1000}
        body = {"currency": "USD", "lines": [book], "delivery": {"address": {"country": "DE"}}}
        opened = httpx.post(
            f"{url}/api/checkouts", json=body, headers={"Authorization": f"Bearer {key}"}
        ).json()
        page = f"{url}/checkout/{opened['id']}?secret={opened['secret']}"
        assert "Post" in httpx.get(page, follow_redirects=True).text
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 0
    assert (tmp_path / "checkout.db").exists()


def test_a_head_without_end_is_refused(tmp_path: Path) -> None:
    """Headers are taken up to a limit; beyond it the connection is ended, and the next one is served."""
    (tmp_path / "policy.toml").write_text(POLICY)
    with running("serve", "--policy", "policy.toml", "--port", "0", cwd=tmp_path) as (_, said):
        host, port = url_in(said).removeprefix("http://").split(":")
        for size, answers in (
            (30_000, {b"HTTP/1.1 200"}),
            (5_000_000, {b"HTTP/1.1 431", b""}),
            (30_000, {b"HTTP/1.1 200"}),
        ):
            found = b""
            with socket.create_connection((host, int(port)), timeout=20) as line, suppress(ConnectionError):
                line.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * size)
                line.sendall(b"\r\n\r\n")
                found = line.recv(12)
            assert found in answers


def test_serve_lists_every_fault_of_a_policy(tmp_path: Path) -> None:
    """A malformed policy ends with exit code 2 and one line for each fault."""
    faulty = POLICY.replace('"14:00"', '"25:00"').replace('price = "5.00"', 'price = "five"')
    (tmp_path / "policy.toml").write_text(faulty)
    done = run("serve", "--policy", "policy.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 2
    assert "policy.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    """Another server on the port is an error in words, with a way out."""
    with running("demo", "--no-browser", "--port", "0", cwd=tmp_path) as (_, said):
        port = url_in(said).rpartition(":")[2]
        done = run("demo", "--no-browser", "--port", port, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.endswith(f"port {port}: Address already in use; choose another, or 0 for any\n")
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """It is named, and nothing is written into it."""
    (tmp_path / "notes.db").write_text("not a database")
    done = run("demo", "--no-browser", "--port", "0", "--db", "notes.db", cwd=tmp_path)
    assert done.returncode == 2
    assert "--db: not a SQLite database, found 'notes.db'" in done.stderr
    assert (tmp_path / "notes.db").read_text() == "not a database"


def test_a_database_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """With the reason; trying again would not help."""
    (tmp_path / "shop.db").symlink_to(tmp_path / "gone" / "shop.db")
    done = run("demo", "--no-browser", "--port", "0", "--db", "shop.db", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "shop.db: cannot be used: No such file or directory\n"


def test_a_shop_key_anyone_could_guess_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short key ends with exit code 2, and is not repeated."""
    monkeypatch.setenv("CHECKOUT_KIT_SHOP_KEY", "hunter2")
    (tmp_path / "policy.toml").write_text(POLICY)
    done = run("serve", "--policy", "policy.toml", "--port", "0", cwd=tmp_path)
    assert done.returncode == 2
    assert "CHECKOUT_KIT_SHOP_KEY: shorter than 20 characters" in done.stderr
    assert "hunter2" not in done.stderr


def test_keys_are_rotated_without_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While two shop keys stand in the environment both open, and links of an older signing key work."""
    (tmp_path / "policy.toml").write_text(POLICY)
    old, new = "sk_old_" + "0" * 20, "sk_new_" + "1" * 20
    serve = ("serve", "--policy", "policy.toml", "--port", "0")
    monkeypatch.setenv("CHECKOUT_KIT_SHOP_KEY", old)
    monkeypatch.setenv("CHECKOUT_KIT_SIGNING_KEY", "a" * 32)
    with running(*serve, cwd=tmp_path) as (_, said):
        url, by_old = url_in(said), {"Authorization": f"Bearer {old}"}
        opened = httpx.post(f"{url}/api/checkouts", json={"currency": "EUR"}, headers=by_old).json()
        links = f"{url}/api/checkouts/{opened['id']}/resume-links"
        token = httpx.post(links, json={}, headers=by_old).json()["token"]
    monkeypatch.setenv("CHECKOUT_KIT_SHOP_KEY", f"{new}, {old}\n")
    monkeypatch.setenv("CHECKOUT_KIT_SIGNING_KEY", "b" * 32 + "," + "a" * 32)
    with running(*serve, cwd=tmp_path) as (_, said):
        url = url_in(said)
        for key, status in ((old, 200), (new, 200), ("sk_other_" + "2" * 20, 401)):
            answer = httpx.get(
                f"{url}/api/checkouts/{opened['id']}", headers={"Authorization": f"Bearer {key}"}
            )
            assert answer.status_code == status
        resumed = httpx.post(f"{url}/api/resume", json={"token": token})
        assert resumed.json()["secret"] == opened["secret"]


DEMO = ["demo", "--no-browser", "--port", "0"]
DATABASE = ["--db", "sqlite:///shop.db"]


@pytest.mark.parametrize(
    ("missing", "arguments"),
    [
        ("starlette", DEMO),
        ("uvicorn", DEMO),
        ("sqlalchemy", DEMO),
        ("sqlalchemy", ["db", "upgrade", *DATABASE]),
        ("sqlalchemy", ["privacy", "export", *DATABASE, "cu_1"]),
        ("sqlalchemy", ["privacy", "erase", *DATABASE, "--yes", "cu_1"]),
        ("sqlalchemy", ["privacy", "retain", *DATABASE]),
    ],
)
def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, missing: str, arguments: list[str]
) -> None:
    """Without the server's or the database's library a command names the extra to install."""
    program = (
        f"import sys; sys.modules[{missing!r}] = None\nfrom checkout_kit.cli import main; main({arguments!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "pip install 'checkout-kit[" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_refuses_live_rates_that_nobody_gets(tmp_path: Path) -> None:
    """Live rates are for platforms; without one the file would be read and never used."""
    (tmp_path / "policy.toml").write_text(POLICY)
    done = run("serve", "--policy", "policy.toml", "--live", "live.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "--live: no platform would get live rates" in done.stderr
