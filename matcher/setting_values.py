"""How the text of a setting becomes its value: parsers that raise ValueError saying what would be right."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

EMBEDDINGS = ("local", "off")
SECRET_KEY_BYTES = 32


def integer(low: int, high: int) -> Callable[[str], int]:
    """A whole number from ``low`` to ``high``."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return number

    return parse


def choice(*values: str) -> Callable[[str], str]:
    """One of ``values``."""

    def parse(text: str) -> str:
        if text not in values:
            raise ValueError(f"one of {', '.join(values)}")
        return text

    return parse


def boolean(text: str) -> bool:
    """Yes or no, in the usual spellings."""
    known = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    if text.lower() not in known:
        raise ValueError("true or false")
    return known[text.lower()]


def hundredths(text: str) -> int:
    """Points as text, ``35`` or ``35.5``, to hundredths of a point."""
    try:
        points = Decimal(text)
    except InvalidOperation:
        points = Decimal(-1)
    if not (points.is_finite() and 0 <= points <= 100 and points * 100 == int(points * 100)):
        raise ValueError("points from 0 to 100 with at most two decimals")
    return int(points * 100)


def database_url(text: str) -> str:
    """The URL with its driver named: ``postgres://`` and ``postgresql://`` mean psycopg here."""
    expected = "sqlite:///path/to/file.db or postgresql://user:password@host:5432/database"
    url = _url(text, expected)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    in_memory = url.drivername == "sqlite" and url.database in (None, "", ":memory:")
    if url.drivername not in ("sqlite", "postgresql+psycopg") or in_memory or not url.database:
        raise ValueError(expected)
    return url.render_as_string(hide_password=False)


def redis_url(text: str) -> str:
    """The URL of a Redis server."""
    expected = "redis://host:6379/0, rediss://… or unix:///path/to/socket"
    url = _url(text, expected)
    if url.drivername not in ("redis", "rediss", "unix"):
        raise ValueError(expected)
    return text


def http_url(text: str) -> str:
    """A whole address. It is shown to people, so a password has no place in it."""
    expected = "the whole address, http://host/path or https://…, without a password (there is a setting for the key)"
    try:
        url = urlsplit(text)
        plain = url.scheme in ("http", "https") and url.hostname and url.port != 0 and "@" not in url.netloc
    except ValueError as error:
        raise ValueError(expected) from error
    if not plain or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(expected)
    return text


def embeddings(text: str) -> str:
    """One of EMBEDDINGS, or a whole address."""
    return text if text in EMBEDDINGS else http_url(text)


def key(text: str) -> str:
    """A key that fits an HTTP header."""
    if not text.isascii() or not text.isprintable():
        raise ValueError("printable ASCII characters, which is all that an HTTP header carries")
    return text


def secret_key(text: str) -> str:
    """A key to sign with."""
    if len(text) < SECRET_KEY_BYTES:
        raise ValueError(f"at least {SECRET_KEY_BYTES} characters, made at random")
    return text


def text(given: str) -> str:
    """Any text."""
    return given


def _url(text: str, expected: str) -> "URL":
    """Raises ValueError with what was ``expected``."""
    from sqlalchemy.engine import make_url  # takes half a second, which commands that work on files do not need
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(text)
    except (ArgumentError, ValueError) as error:
        raise ValueError(expected) from error
