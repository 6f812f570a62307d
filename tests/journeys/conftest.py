"""The real thing: the shipped library, scored, served by the real server, looked at with a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.conftest import unavailable
from tests.vectors import give_vectors

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_OPTIONS = [
    "--no-sandbox",  # containers run tests as root, where the sandbox refuses to start
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SCRIPT = str(Path(sys.executable).parent / "matcher")
PASSWORD = "a-passphrase-for-the-journey"
EMAIL = "reviewer@example.org"
START_SECONDS = 60


@dataclass
class Site:
    """A served console."""

    url: str


@dataclass
class Visit:
    """A browser's page, with all it asked for and all it complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def matcher(data: Path, *arguments: str, text: str | None = None) -> None:
    """Run a command of the product on the data folder."""
    command = [SCRIPT, *arguments]
    done = subprocess.run(command, env=_environment(data), input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, shipped_vectors: Path) -> Iterator[Site]:
    """``matcher init``, ``seed``, ``run``, ``staff add`` and ``serve``."""
    data = tmp_path_factory.mktemp("journey")
    matcher(data, "init")
    give_vectors(shipped_vectors, f"sqlite:///{data}/matcher.db")
    for command in ("seed", "run"):
        matcher(data, command)
    matcher(data, "staff", "add", EMAIL, "--name", "李娜", "--password-stdin", text=PASSWORD)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server_command = [SCRIPT, "serve", "--port", str(port)]
    log = data / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            server_command, env=_environment(data), stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait(f"http://127.0.0.1:{port}/health/ready", server, log)
        yield Site(f"http://127.0.0.1:{port}")
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0, log.read_text()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: named in MATCHER_TEST_CHROMIUM, or found on the machine."""
    named = os.environ.get("MATCHER_TEST_CHROMIUM")
    program = named or next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None or not Path(program).exists():
        unavailable(f"no Chromium: MATCHER_TEST_CHROMIUM is {named or 'unset'}, PATH has none of {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """A new browser window on the site; at its end nothing may have left the site or gone wrong."""
    context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
    visit = watch(context)
    yield visit
    context.close()
    assert [url for url in visit.requests if not url.startswith((site.url, "data:"))] == []
    assert visit.complaints == []


def watch(context: BrowserContext) -> Visit:
    """A page of ``context`` whose requests, errors and breaches of the security policy are written down."""
    visit = Visit(context.new_page())

    def on_request(request: Request) -> None:
        visit.requests.append(request.url)

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visit.complaints.append(message.text)

    visit.page.on("request", on_request)
    visit.page.on("console", on_console)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    return visit


def sign_in(visit: Visit) -> None:
    """Through the form, as staff does."""
    visit.page.goto("/")
    visit.page.get_by_label("邮箱").fill(EMAIL)
    visit.page.get_by_label("密码").fill(PASSWORD)
    visit.page.get_by_role("button", name="登录").click()


def _environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_") and name != "PORT"}
    return kept | {"MATCHER_DATA_DIR": str(data)}


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text()}")
