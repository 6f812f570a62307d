"""Settings: read once, checked, explained; secrets never shown."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from matcher.errors import SettingsError
from matcher.settings import LANGUAGES, MASK, Settings, describe, unknown_variables


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_environment({})
    assert settings.database_url == "sqlite:///var/matcher.db"
    assert (settings.floor, settings.shortlist_size, settings.language) == (2000, 20, "zh_Hans")
    assert settings.trusted_proxies == 0
    assert settings.given == frozenset()


def test_an_empty_variable_counts_as_unset() -> None:
    assert Settings.from_environment({"MATCHER_PORT": " "}).port == 8000


def test_the_database_follows_the_data_folder() -> None:
    settings = Settings.from_environment({"MATCHER_DATA_DIR": "/data"})
    assert settings.database_url == "sqlite:////data/matcher.db"
    assert settings.sqlite_path == Path("/data/matcher.db")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_means_psycopg(scheme: str) -> None:
    settings = Settings.from_environment({"MATCHER_DATABASE_URL": f"{scheme}://me:secret@db/matcher"})
    assert settings.database_url == "postgresql+psycopg://me:secret@db/matcher"
    assert settings.sqlite_path is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MATCHER_DATABASE_URL", "mysql://db/matcher"),
        ("MATCHER_DATABASE_URL", "sqlite://"),
        ("MATCHER_DATABASE_URL", "sqlite:///:memory:"),
        ("MATCHER_DATABASE_URL", "nonsense"),
        ("MATCHER_DATABASE_URL", "postgresql://db:port/matcher"),
        ("MATCHER_REDIS_URL", "http://cache"),
        ("MATCHER_REDIS_URL", "redis://cache:port"),
        ("MATCHER_SECRET_KEY", "short"),
        ("MATCHER_FLOOR", "101"),
        ("MATCHER_FLOOR", "35.005"),
        ("MATCHER_FLOOR", "nan"),
        ("MATCHER_FLOOR", "many"),
        ("MATCHER_SHORTLIST_SIZE", "0"),
        ("MATCHER_LANGUAGE", "fr"),
        ("MATCHER_PORT", "65536"),
        ("MATCHER_PORT", "http"),
        ("MATCHER_COOKIE_SECURE", "maybe"),
        ("MATCHER_TRUSTED_PROXIES", "11"),
        ("MATCHER_TRUSTED_PROXIES", "-1"),
        ("MATCHER_LOG_FORMAT", "xml"),
        ("MATCHER_EMBEDDINGS", "remote"),
        ("MATCHER_EMBEDDINGS", "ftp://models/v1/embeddings"),
        ("MATCHER_EMBEDDINGS", "http://"),
        ("MATCHER_EMBEDDINGS", "http://models:port/v1/embeddings"),
        ("MATCHER_EMBEDDINGS", "http://me:hunter2@models/v1/embeddings"),
        ("MATCHER_EMBEDDINGS", "http://models/v1/ embeddings"),
        ("MATCHER_EMBEDDINGS_KEY", "密钥"),
        ("MATCHER_RERANK_URL", "off"),
        ("MATCHER_RERANK_URL", "http://[::1/rerank"),
        ("MATCHER_RERANK_KEY", "two\nlines"),
    ],
)
def test_a_wrong_value_is_refused_naming_its_variable_and_what_is_right(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable}: .*; give "):
        Settings.from_environment({variable: value})


def test_a_refused_secret_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({"MATCHER_SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(refused.value)


def test_points_are_read_to_the_hundredth() -> None:
    assert Settings.from_environment({"MATCHER_FLOOR": "35.25"}).floor == 3525


@pytest.mark.parametrize(
    ("environ", "secure"),
    [
        ({}, False),
        ({"MATCHER_HOST": "0.0.0.0"}, True),  # noqa: S104
        ({"MATCHER_HOST": "0.0.0.0", "MATCHER_COOKIE_SECURE": "no"}, False),  # noqa: S104
        ({"MATCHER_COOKIE_SECURE": "true"}, True),
    ],
)
def test_cookies_need_https_unless_only_this_machine_is_served(environ: dict[str, str], secure: bool) -> None:
    assert Settings.from_environment(environ).cookie_secure is secure


def test_the_secret_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: settings.secret_key, range(8)))
    path = tmp_path / "new" / "secret_key"
    assert keys == {path.read_text()}
    assert len(path.read_text()) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_reading_the_settings_writes_nothing(tmp_path: Path) -> None:
    Settings.from_environment({"MATCHER_DATA_DIR": str(tmp_path / "new")})
    assert not (tmp_path / "new").exists()


def test_a_damaged_secret_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(SettingsError, match="secret_key: the kept secret key is not right"):
        _ = Settings(data_dir=tmp_path).secret_key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_explained_and_no_secret_shown(language: str) -> None:
    environ = {
        "MATCHER_DATABASE_URL": "postgresql://me:hunter2@db/matcher",
        "MATCHER_REDIS_URL": "redis://:hunter2@cache",
        "MATCHER_SECRET_KEY": "hunter2" * 5,
        "MATCHER_EMBEDDINGS": "https://models.example/v1/embeddings?key=hunter2",
        "MATCHER_EMBEDDINGS_KEY": "hunter2",
        "MATCHER_RERANK_URL": "https://models.example/rerank?key=hunter2",
        "MATCHER_RERANK_KEY": "hunter2",
    }
    settings = Settings.from_environment(environ)
    lines = {line.variable: line for line in describe(settings, language)}
    assert all(line.meaning for line in lines.values())
    assert "hunter2" not in str(lines) + repr(settings)
    assert lines["MATCHER_SECRET_KEY"].value == MASK
    assert (lines["MATCHER_SECRET_KEY"].source, lines["MATCHER_PORT"].source) == ("environment", "default")


def test_slips_of_the_pen_are_found() -> None:
    environ = {"MATCHER_PROT": "1", "MATCHER_PORT": "8000", "MATCHER_TEST_REDIS_URL": "x", "OTHER": "y"}
    assert unknown_variables(environ) == ["MATCHER_PROT"]


def test_models_elsewhere_are_named_by_whole_addresses() -> None:
    environ = {"MATCHER_EMBEDDINGS": "http://[::1]:8080/v1/embeddings", "MATCHER_RERANK_URL": "https://models/rerank"}
    settings = Settings.from_environment(environ)
    assert (settings.embeddings, settings.rerank_url) == tuple(environ.values())
    assert Settings.from_environment({"MATCHER_EMBEDDINGS": "off"}).embeddings == "off"
    assert Settings.from_environment({}).embeddings == "local"


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"HOME": "/h"}, "/h/.cache/exchange-matcher"),
        ("linux", {"HOME": "/h", "XDG_CACHE_HOME": "/c"}, "/c/exchange-matcher"),
        ("linux", {"HOME": "/h", "XDG_CACHE_HOME": "c"}, "/h/.cache/exchange-matcher"),
        ("darwin", {"HOME": "/h", "XDG_CACHE_HOME": "/c"}, "/h/Library/Caches/exchange-matcher"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/exchange-matcher"),
        ("win32", {"USERPROFILE": "/u"}, "/u/AppData/Local/exchange-matcher"),
        ("linux", {}, "var/cache"),
        ("linux", {"MATCHER_DATA_DIR": "/data"}, "/data/cache"),
        ("linux", {"HOME": "/h", "MATCHER_CACHE_DIR": "/mine"}, "/mine"),
    ],
)
def test_the_cache_is_where_the_system_keeps_caches(
    monkeypatch: pytest.MonkeyPatch, platform: str, environ: dict[str, str], expected: str
) -> None:
    monkeypatch.setattr("matcher.settings.sys.platform", platform)
    assert Settings.from_environment(environ).cache_dir == Path(expected)
