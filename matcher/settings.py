"""Settings: MATCHER_* variables, read once, checked, each with its explanation in both languages.

Nothing else in the project reads the environment. ``matcher doctor`` prints what stands here.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from matcher.errors import SettingsError

LANGUAGES = ("zh_Hans", "en")
LOG_FORMATS = ("text", "json")
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
SECRET_KEY_BYTES = 32
MASK = "********"


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return number

    return parse


def _choice(*values: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in values:
            raise ValueError(f"one of {', '.join(values)}")
        return text

    return parse


def _boolean(text: str) -> bool:
    known = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    if text.lower() not in known:
        raise ValueError("true or false")
    return known[text.lower()]


def _hundredths(text: str) -> int:
    """Points as text, ``35`` or ``35.5``, to hundredths of a point."""
    try:
        points = Decimal(text)
    except InvalidOperation:
        points = Decimal(-1)
    if not (points.is_finite() and 0 <= points <= 100 and points * 100 == int(points * 100)):
        raise ValueError("points from 0 to 100 with at most two decimals")
    return int(points * 100)


def _database_url(text: str) -> str:
    """The URL with its driver named: ``postgres://`` and ``postgresql://`` mean psycopg here."""
    expected = "sqlite:///path/to/file.db or postgresql://user:password@host:5432/database"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise ValueError(expected) from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    in_memory = url.drivername == "sqlite" and url.database in (None, "", ":memory:")
    if url.drivername not in ("sqlite", "postgresql+psycopg") or in_memory or not url.database:
        raise ValueError(expected)
    return url.render_as_string(hide_password=False)


def _redis_url(text: str) -> str:
    expected = "redis://host:6379/0, rediss://… or unix:///path/to/socket"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise ValueError(expected) from error
    if url.drivername not in ("redis", "rediss", "unix"):
        raise ValueError(expected)
    return text


def _secret_key(text: str) -> str:
    if len(text) < SECRET_KEY_BYTES:
        raise ValueError(f"at least {SECRET_KEY_BYTES} characters, made at random")
    return text


def _text(text: str) -> str:
    return text


def _setting(
    variable: str, default: Any, parse: Callable[[str], Any], *, zh: str, en: str, secret: bool = False
) -> Any:
    return field(
        default=default,
        repr=not secret,
        metadata={"variable": variable, "parse": parse, "secret": secret, "zh_Hans": zh, "en": en},
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set. Build it with ``from_environment``; tests build it directly.

    ``given`` names the variables that the environment set; all other fields have their defaults.
    """

    data_dir: Path = _setting(  # noqa: RUF009  # a field(), and Path is immutable
        "MATCHER_DATA_DIR",
        Path("var"),
        Path,
        zh="本机数据目录：SQLite 数据库、密钥文件等放在这里",
        en="folder for local data: the SQLite database, the secret key and the like",
    )
    database_url: str = _setting(
        "MATCHER_DATABASE_URL",
        "sqlite:///var/matcher.db",
        _database_url,
        zh="数据库地址：sqlite:///… 或 postgresql://…；默认用数据目录里的 matcher.db",
        en="database: sqlite:///… or postgresql://…; by default matcher.db in the data folder",
        secret=True,
    )
    redis_url: str | None = _setting(
        "MATCHER_REDIS_URL",
        None,
        _redis_url,
        zh="Redis 地址（缓存、限流与唤醒）；不设则在进程内完成",
        en="Redis for cache, limits and wake-ups; without it they stay inside each process",
        secret=True,
    )
    secret_key_given: str | None = _setting(
        "MATCHER_SECRET_KEY",
        None,
        _secret_key,
        zh="会话与表单签名密钥；不设则随机生成一次，存于数据目录的 secret_key（权限 0600）。多个副本须设为同一值",
        en="key that signs sessions and forms; unset: made at random once and kept in secret_key in the data folder "
        "(mode 0600). Replicas must share one",
        secret=True,
    )
    floor: int = _setting(
        "MATCHER_FLOOR",
        3500,
        _hundredths,
        zh="达标线（分，0–100）：达到或超过的匹配才建议审核",
        en="floor in points, 0–100: matches at or over it are worth a review",
    )
    shortlist_size: int = _setting(
        "MATCHER_SHORTLIST_SIZE",
        20,
        _integer(1, 200),
        zh="每条需求的候选清单最多保留多少个产品",
        en="how many products each need's shortlist keeps at most",
    )
    language: str = _setting(
        "MATCHER_LANGUAGE",
        "zh_Hans",
        _choice(*LANGUAGES),
        zh="默认语言：zh_Hans 或 en",
        en="default language: zh_Hans or en",
    )
    host: str = _setting("MATCHER_HOST", "127.0.0.1", _text, zh="网页服务监听的地址", en="address the web server binds")
    port: int = _setting(
        "MATCHER_PORT", 8000, _integer(1, 65535), zh="网页服务监听的端口", en="port the web server binds"
    )
    cookie_secure_given: bool | None = _setting(
        "MATCHER_COOKIE_SECURE",
        None,
        _boolean,
        zh="Cookie 是否只经 HTTPS 发送；不设时，监听本机回环地址为否，否则为是",
        en="send cookies over HTTPS only; unset: no when bound to a loopback address, yes otherwise",
    )
    trusted_proxies: int = _setting(
        "MATCHER_TRUSTED_PROXIES",
        0,
        _integer(0, 10),
        zh="前面有几层可信的反向代理：信任其 X-Forwarded-For、-Proto、-Host；0 表示一概不信",
        en="how many reverse proxies in front are believed (X-Forwarded-For, -Proto, -Host); 0: none",
    )
    session_hours: int = _setting(
        "MATCHER_SESSION_HOURS",
        12,
        _integer(1, 168),
        zh="登录最长有效小时数，到时须重新登录",
        en="hours after which a login ends whatever is done with it",
    )
    session_idle_minutes: int = _setting(
        "MATCHER_SESSION_IDLE_MINUTES",
        120,
        _integer(5, 1440),
        zh="无操作多少分钟后自动退出",
        en="minutes without a request after which a login ends",
    )
    log_format: str = _setting(
        "MATCHER_LOG_FORMAT",
        "text",
        _choice(*LOG_FORMATS),
        zh="日志格式：text（便于阅读）或 json（便于采集）",
        en="log lines as text for people or json for collectors",
    )
    given: frozenset[str] = field(default=frozenset(), repr=False, compare=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read every MATCHER_* variable; an empty one counts as unset.

        Raises SettingsError naming the variable and what would be right.
        """
        values: dict[str, Any] = {}
        given = set()
        for spec in fields(cls):
            variable = spec.metadata.get("variable", "")
            text = environ.get(variable, "").strip()
            if not text:
                continue
            given.add(variable)
            try:
                values[spec.name] = spec.metadata["parse"](text)
            except ValueError as error:
                shown = "the value" if spec.metadata["secret"] else repr(text)
                raise SettingsError(f"{variable}: {shown} is not right; give {error}") from error
        settings = cls(given=frozenset(given), **values)
        if "MATCHER_DATABASE_URL" not in given:
            settings = replace(settings, database_url=f"sqlite:///{settings.data_dir}/matcher.db")
        return settings

    @property
    def secret_key(self) -> str:
        """The given key, else the one kept in the data folder, made at the first call."""
        return self.secret_key_given or _kept_secret(self.data_dir / "secret_key")

    @property
    def cookie_secure(self) -> bool:
        """Whether cookies carry ``Secure``: browsers would drop them on the plain HTTP of a first start."""
        return self.host not in LOOPBACK_HOSTS if self.cookie_secure_given is None else self.cookie_secure_given

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, or None on PostgreSQL."""
        url = make_url(self.database_url)
        return Path(url.database) if url.drivername == "sqlite" and url.database else None


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting for people: secrets are masked; ``source`` is ``environment`` or ``default``."""

    variable: str
    value: str
    source: str
    meaning: str


def describe(settings: Settings, language: str) -> list[SettingLine]:
    """Every setting in the order of the class, explained in ``language``."""
    lines = []
    for spec in fields(settings):
        if variable := spec.metadata.get("variable"):
            source = "environment" if variable in settings.given else "default"
            lines.append(SettingLine(variable, _shown(settings, spec.name), source, spec.metadata[language]))
    return lines


def unknown_variables(environ: Mapping[str, str] = os.environ) -> list[str]:
    """MATCHER_* variables that nothing reads: most often a slip of the pen. Those of the tests are left out."""
    known = {spec.metadata.get("variable") for spec in fields(Settings)}
    return sorted(
        name
        for name in environ
        if name.startswith("MATCHER_") and not name.startswith("MATCHER_TEST_") and name not in known
    )


def _shown(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    match name:
        case "database_url":
            return make_url(value).render_as_string(hide_password=True)
        case "redis_url":
            return make_url(value).render_as_string(hide_password=True) if value else "-"
        case "secret_key_given":
            return MASK if value else str(settings.data_dir / "secret_key")
        case "cookie_secure_given":
            return str(settings.cookie_secure).lower()
        case "floor":
            return f"{value / 100:g}"
    return str(value)


def _kept_secret(path: Path) -> str:
    """Read the key file, making it first where there is none.

    It is written aside and linked into place, so that of several processes starting at once one wins and all read
    the same whole key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(SECRET_KEY_BYTES))
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    try:
        return _secret_key(path.read_text().strip())
    except ValueError as error:
        raise SettingsError(f"{path}: the kept secret key is not right; delete it or set MATCHER_SECRET_KEY") from error
