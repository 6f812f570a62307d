"""Settings: MATCHER_* variables, read once, checked, each with its explanation in both languages.

Nothing else in the project reads the environment. ``matcher doctor`` prints what stands here.
"""

import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from matcher import setting_values as values
from matcher.errors import SettingsError

LANGUAGES = ("zh_Hans", "en")
LOG_FORMATS = ("text", "json")
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
MASK = "********"


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
        values.database_url,
        zh="数据库地址：sqlite:///… 或 postgresql://…；默认用数据目录里的 matcher.db",
        en="database: sqlite:///… or postgresql://…; by default matcher.db in the data folder",
        secret=True,
    )
    redis_url: str | None = _setting(
        "MATCHER_REDIS_URL",
        None,
        values.redis_url,
        zh="Redis 地址（缓存、限流与唤醒）；不设则在进程内完成",
        en="Redis for cache, limits and wake-ups; without it they stay inside each process",
        secret=True,
    )
    secret_key_given: str | None = _setting(
        "MATCHER_SECRET_KEY",
        None,
        values.secret_key,
        zh="会话与表单签名密钥；不设则随机生成一次，存于数据目录的 secret_key（权限 0600）。多个副本须设为同一值",
        en="key that signs sessions and forms; unset: made at random once and kept in secret_key in the data folder "
        "(mode 0600). Replicas must share one",
        secret=True,
    )
    floor: int = _setting(
        "MATCHER_FLOOR",
        2000,
        values.hundredths,
        zh="达标线（分，0–100）：达到或超过的匹配才建议审核",
        en="floor in points, 0–100: matches at or over it are worth a review",
    )
    shortlist_size: int = _setting(
        "MATCHER_SHORTLIST_SIZE",
        20,
        values.integer(1, 200),
        zh="每条需求的候选清单最多保留多少个产品",
        en="how many products each need's shortlist keeps at most",
    )
    collapse_alike: bool = _setting(
        "MATCHER_COLLAPSE_ALIKE",
        True,
        values.boolean,
        zh="同一供方内容相同的产品在候选清单里是否只列一个，其余收起",
        en="of one seller's products that say the same, list only the best on a shortlist, the others folded behind it",
    )
    seller_cap: int = _setting(
        "MATCHER_SELLER_CAP",
        5,
        values.integer(0, 10),
        zh="候选清单首页（前 10 名）同一供方最多占几席，其余依次后移；0 为不限",
        en="most places of one seller on a shortlist's first page of 10, the others move behind it; 0: no limit",
    )
    language: str = _setting(
        "MATCHER_LANGUAGE",
        "zh_Hans",
        values.choice(*LANGUAGES),
        zh="默认语言：zh_Hans 或 en",
        en="default language: zh_Hans or en",
    )
    host: str = _setting(
        "MATCHER_HOST", "127.0.0.1", values.text, zh="网页服务监听的地址", en="address the web server binds"
    )
    port: int = _setting(
        "MATCHER_PORT", 8000, values.integer(1, 65535), zh="网页服务监听的端口", en="port the web server binds"
    )
    cookie_secure_given: bool | None = _setting(
        "MATCHER_COOKIE_SECURE",
        None,
        values.boolean,
        zh="Cookie 是否只经 HTTPS 发送；不设时，监听本机回环地址为否，否则为是",
        en="send cookies over HTTPS only; unset: no when bound to a loopback address, yes otherwise",
    )
    trusted_proxies: int = _setting(
        "MATCHER_TRUSTED_PROXIES",
        0,
        values.integer(0, 10),
        zh="前面有几层可信的反向代理：信任其 X-Forwarded-For、-Proto、-Host；0 表示一概不信",
        en="how many reverse proxies in front are believed (X-Forwarded-For, -Proto, -Host); 0: none",
    )
    session_hours: int = _setting(
        "MATCHER_SESSION_HOURS",
        12,
        values.integer(1, 168),
        zh="登录最长有效小时数，到时须重新登录",
        en="hours after which a login ends whatever is done with it",
    )
    session_idle_minutes: int = _setting(
        "MATCHER_SESSION_IDLE_MINUTES",
        120,
        values.integer(5, 1440),
        zh="无操作多少分钟后自动退出",
        en="minutes without a request after which a login ends",
    )
    log_format: str = _setting(
        "MATCHER_LOG_FORMAT",
        "text",
        values.choice(*LOG_FORMATS),
        zh="日志格式：text（便于阅读）或 json（便于采集）",
        en="log lines as text for people or json for collectors",
    )
    embeddings: str = _setting(
        "MATCHER_EMBEDDINGS",
        "local",
        values.embeddings,
        zh="语义向量由谁计算：local（自带模型，离线）、off（不用语义），或兼容 OpenAI 的 /v1/embeddings 完整地址",
        en="who makes the vectors of meaning: local (the model that ships, off-line), off, or the whole address of an "
        "OpenAI-compatible /v1/embeddings",
        secret=True,
    )
    embeddings_model: str | None = _setting(
        "MATCHER_EMBEDDINGS_MODEL",
        None,
        values.text,
        zh="向量服务的模型名；它决定缓存，服务器换模型时须一并更改",
        en="model to ask that server for; vectors are kept under this name: change it when the server's model changes",
    )
    embeddings_key: str | None = _setting(
        "MATCHER_EMBEDDINGS_KEY", None, values.key, zh="向量服务的密钥", en="key for that server", secret=True
    )
    rerank_url: str | None = _setting(
        "MATCHER_RERANK_URL",
        None,
        values.http_url,
        zh="重排服务的完整地址（Jina、TEI、vLLM、Xinference 的 /rerank）；不设则不重排",
        en="whole address of a /rerank service (Jina, TEI, vLLM, Xinference); unset: nothing is reranked",
        secret=True,
    )
    rerank_model: str | None = _setting(
        "MATCHER_RERANK_MODEL", None, values.text, zh="重排服务的模型名", en="model to ask that service for"
    )
    rerank_key: str | None = _setting(
        "MATCHER_RERANK_KEY", None, values.key, zh="重排服务的密钥", en="key for that service", secret=True
    )
    cache_dir: Path = _setting(  # noqa: RUF009  # a field(), and Path is immutable
        "MATCHER_CACHE_DIR",
        Path("var/cache"),
        Path,
        zh="文件命令（rank、evaluate）存放语义向量的目录，可随时删除；默认用系统的用户缓存目录",
        en="folder where the file commands (rank, evaluate) keep vectors, to be deleted at will; by default in the "
        "user's cache folder",
    )
    given: frozenset[str] = field(default=frozenset(), repr=False, compare=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read every MATCHER_* variable; an empty one counts as unset.

        Raises SettingsError naming the variable and what would be right.
        """
        parsed: dict[str, Any] = {}
        given = set()
        for spec in fields(cls):
            variable = spec.metadata.get("variable", "")
            text = environ.get(variable, "").strip()
            if not text:
                continue
            given.add(variable)
            try:
                parsed[spec.name] = spec.metadata["parse"](text)
            except ValueError as error:
                shown = "the value" if spec.metadata["secret"] else repr(text)
                raise SettingsError(f"{variable}: {shown} is not right; give {error}") from error
        settings = cls(given=frozenset(given), **parsed)
        if "MATCHER_DATABASE_URL" not in given:
            settings = replace(settings, database_url=f"sqlite:///{settings.data_dir}/matcher.db")
        if "MATCHER_CACHE_DIR" not in given:
            settings = replace(settings, cache_dir=_user_cache(environ) or settings.data_dir / "cache")
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
        from sqlalchemy.engine import make_url  # as in matcher.setting_values

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


def _without_password(url: str) -> str:
    from sqlalchemy.engine import make_url  # as in matcher.setting_values

    return make_url(url).render_as_string(hide_password=True)


def _shown(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    match name:
        case "database_url":
            return _without_password(value)
        case "redis_url":
            return _without_password(value) if value else "-"
        case "secret_key_given":
            return MASK if value else str(settings.data_dir / "secret_key")
        case "embeddings_key" | "rerank_key":
            return MASK if value else "-"
        case "embeddings_model" | "rerank_model":
            return value or "-"
        case "embeddings" | "rerank_url":
            return (value or "-").partition("?")[0]
        case "cookie_secure_given":
            return str(settings.cookie_secure).lower()
        case "collapse_alike":
            return str(value).lower()
        case "floor":
            return f"{value / 100:g}"
    return str(value)


def _user_cache(environ: Mapping[str, str]) -> Path | None:
    """Our folder where the system keeps a user's caches; None where the user has no home."""
    home = environ.get("HOME") or environ.get("USERPROFILE")
    if sys.platform == "win32":
        base = environ.get("LOCALAPPDATA") or (home and f"{home}/AppData/Local")
    elif sys.platform == "darwin":
        base = home and f"{home}/Library/Caches"
    else:
        given = environ.get("XDG_CACHE_HOME", "")
        base = given if given.startswith("/") else home and f"{home}/.cache"  # the XDG rules ignore relative ones
    return Path(base, "exchange-matcher") if base else None


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
            file.write(secrets.token_urlsafe(values.SECRET_KEY_BYTES))
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    try:
        return values.secret_key(path.read_text().strip())
    except ValueError as error:
        raise SettingsError(f"{path}: the kept secret key is not right; delete it or set MATCHER_SECRET_KEY") from error
