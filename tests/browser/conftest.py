"""A real browser on real shops; screenshots are kept under artifacts/."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ARTIFACTS = Path(__file__).parents[2] / "artifacts" / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser() -> str:
    """The path of a Chromium: named in CHECKOUT_KIT_BROWSER, found on the PATH, or just installed."""
    named = os.environ.get("CHECKOUT_KIT_BROWSER", "")
    for name in (named, *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    if shutil.which("apt-get") and os.geteuid() == 0:
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = shutil.which("chromium")
        if found:
            return found
    pytest.fail(
        "the browser tests need Chromium and could not install it: install Debian's package 'chromium' (or "
        "another Chromium or Chrome) and put it on the PATH, or name its program in CHECKOUT_KIT_BROWSER",
        pytrace=False,
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless browser for a module; while it runs, no other event loop can."""
    program = find_browser()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield launched
        launched.close()


def _serving(command: list[str], folder: Path) -> Iterator[str]:
    """The URL that a server's first line names, while it runs."""
    process = subprocess.Popen([sys.executable, *command], cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        found = re.search(r"http://[\d.]+:\d+", process.stdout.readline())
        assert found is not None, "the shop did not start"
        yield found[0]
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a running demo shop."""
    program = "from checkout_kit.cli import main; main(prog_name='checkout-kit')"
    command = ["-c", program, "demo", "--no-browser", "--port", "0"]
    yield from _serving(command, tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def wide_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a running shop with pickup points and goods to send apart."""
    folder = tmp_path_factory.mktemp("wide")
    yield from _serving([str(Path(__file__).with_name("wide_shop.py")), str(folder / "shop.db")], folder)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a URL in a fresh browser profile; nothing may go wrong or leave that shop meanwhile."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_url(
        url: str,
        *,
        width: int = 1180,
        height: int = 900,
        dark: bool = False,
        scripts: bool = True,
        language: str = "en-US",
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
            locale=language,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        home = "/".join(url.split("/")[:3])
        page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
        page.on(
            "request", lambda request: request.url.startswith(home) or wrong.append(f"left: {request.url}")
        )
        page.on(
            "console",
            lambda message: "Content Security" in message.text and wrong.append(f"console: {message.text}"),
        )
        page.goto(url)
        return page

    yield open_url
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def open_page(opened: Callable[..., Page], shop: str) -> Callable[..., Page]:
    """Open a path of the demo shop."""

    def open_path(path: str = "/", **given: Any) -> Page:
        return opened(shop + path, **given)

    return open_path


@pytest.fixture
def open_wide(opened: Callable[..., Page], wide_shop: str) -> Callable[..., Page]:
    """Open a path of the shop with pickup points."""

    def open_path(path: str = "/", **given: Any) -> Page:
        return opened(wide_shop + path, **given)

    return open_path


@pytest.fixture
def keep() -> Callable[[Page, str], None]:
    """Keep a screenshot of the whole page as a test artifact."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)

    def shoot(page: Page, name: str) -> None:
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)

    return shoot
