"""The wheel, installed alone in a clean virtual environment under an account without rights, does the whole job."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.architecture.project import PACKAGES, ROOT, relative
from tests.conftest import unavailable
from tests.vectors import give_vectors

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(600)]

NOBODY = 65534
"""The uid and gid that every Unix keeps for an account that owns nothing."""

BUILT_FROM = (*PACKAGES, "setup.cfg", "pyproject.toml", "README.md", "LICENSE")


@dataclass(frozen=True)
class Installation:
    """A virtual environment with the wheel in it, and the empty folder where its commands run as ``account``.

    ``account`` is a uid and gid; None means the present one, which has no rights to give up.
    """

    scripts: Path
    folder: Path
    account: int | None

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start ``matcher`` with nothing from this process's environment: no HOME, no locale, no PYTHONPATH."""
        return subprocess.Popen(
            [self.scripts / "matcher", *arguments],
            cwd=self.folder,
            env={"PATH": os.defpath, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            user=self.account,
            group=self.account,
            extra_groups=None if self.account is None else [],
        )

    def run(self, *arguments: str) -> str:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=180)
        assert process.returncode == 0, output
        return output


def python_for(account: int | None) -> str:
    """A Python that ``account`` may run: root's own may lie in a folder that is closed to everybody else."""
    found = filter(None, [os.path.realpath(sys.executable), shutil.which("python3", path=os.defpath)])
    usable = [python for python in found if runs(python, account)]
    if not usable:
        unavailable("no Python 3.11 or newer that an account without rights may run")
    return usable[0]


def runs(python: str, account: int | None) -> bool:
    """Whether ``account`` can start this Python, new enough and able to make virtual environments."""
    try:
        outcome = subprocess.run(
            [python, "-c", "import sys, venv; sys.exit(sys.version_info < (3, 11))"],
            check=False,
            capture_output=True,
            env={},
            cwd="/",
            user=account,
            group=account,
            extra_groups=None if account is None else [],
        )
    except OSError:
        return False
    return outcome.returncode == 0


@pytest.fixture(scope="module")
def wheel() -> Iterator[Path]:
    """The wheel, built from a copy: what an earlier build or the developer's tools left in the tree cannot get in."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source")
        source.mkdir()
        for name in BUILT_FROM:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, source)
        pip("wheel", "--no-deps", "--wheel-dir", folder, source)
        yield next(Path(folder).glob("*.whl"))


@pytest.fixture(scope="module")
def installation(wheel: Path) -> Iterator[Installation]:
    """Pip does not run as the account: like a system administrator it installs for others."""
    account = NOBODY if os.geteuid() == 0 else None
    # pytest's own folders are closed to other accounts
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        top = Path(name)
        top.chmod(0o755)
        environment = top / "venv"
        subprocess.run([python_for(account), "-m", "venv", "--without-pip", environment], check=True)
        pip("--python", environment / "bin" / "python", "install", "--no-compile", wheel)
        folder = top / "empty"
        folder.mkdir()
        if account is not None:
            os.chown(folder, account, account)
        yield Installation(environment / "bin", folder, account)


def pip(*arguments: str | Path) -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    kept = {
        relative(path)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pot"
    }
    assert kept - names_in(wheel) == set()


def test_nothing_but_the_packages_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in names_in(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_installed_wheel_loads_ranks_and_serves(installation: Installation, shipped_vectors: Path) -> None:
    installation.run("init")
    give_vectors(shipped_vectors, f"sqlite:///{installation.folder}/var/matcher.db")
    installation.run("seed")
    installation.run("run")
    shortlist = installation.run("shortlist", "SC-01")
    assert re.search(r"\b(GZ|BJ|CN)-\d\d", shortlist), shortlist
    # A listing with one element more has to be embedded: the models came with the wheel.
    explained = installation.run("explain", "SC-01", "GZ-01")
    assert re.search(r"语义[^\n]+\d+%.*差一点", explained, flags=re.DOTALL), explained

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = installation.start("serve", MATCHER_PORT=str(port))
    try:
        site = f"http://127.0.0.1:{port}"
        ready = wait_for(f"{site}/health/ready", server)
        assert ready == 200
        page = fetch(f"{site}/")
        assert '<html lang="zh-Hans"' in page
        assert "登录" in page
        styles = re.findall(r'<link[^>]+href="([^"]+\.css[^"]*)"', page)
        assert styles
        assert all(fetch(urljoin(site, style)) for style in styles)
        assert '<html lang="en"' in fetch(f"{site}/language/en")
    finally:
        server.send_signal(signal.SIGINT)
        output, _ = server.communicate(timeout=30)
    assert "Traceback" not in output, output


def fetch(url: str) -> str:
    """The page at ``url``, redirects followed with the cookies that they set."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(url, timeout=10) as response:
        return str(response.read().decode())


def wait_for(url: str, server: subprocess.Popen[str], seconds: float = 60) -> int:
    """The status of ``url`` once somebody answers there; fails when the server ends before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert server.poll() is None, server.stdout.read() if server.stdout else ""
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"nobody answers at {url} after {seconds:.0f} s")
