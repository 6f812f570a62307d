"""``matcher serve`` before it serves."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from api import commands
from matcher.settings import Settings


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, object], Settings]]:
    """What would have been served, instead of serving it."""
    calls: list[tuple[dict[str, object], Settings]] = []

    class NoServer:
        def __init__(self, options: dict[str, object], settings: Settings) -> None:
            calls.append((options, settings))

        def run(self) -> None:
            """Nothing."""

    monkeypatch.setattr(commands, "Server", NoServer)
    return calls


def run(*arguments: str, **environ: str) -> tuple[int, str]:
    """Exit code and standard error of ``matcher serve``."""
    known = {"MATCHER_LANGUAGE": "en", "PORT": "", **environ}
    result = CliRunner().invoke(commands.commands, ["serve", *arguments], env=known)
    return result.exit_code, result.stderr


def test_it_serves_on_the_address_of_the_settings_one_process_with_threads(
    served: list[tuple[dict[str, object], Settings]], sqlite_url: str, tmp_path: Path
) -> None:
    code, told = run(MATCHER_DATABASE_URL=sqlite_url, MATCHER_DATA_DIR=str(tmp_path), MATCHER_PORT="8100")
    assert code == 0
    assert "http://127.0.0.1:8100" in told
    [(options, settings)] = served
    assert options["bind"] == ["127.0.0.1:8100"]
    assert (options["workers"], options["worker_class"]) == (1, "gthread")
    assert settings.cookie_secure is False


def test_port_and_options_go_before_the_settings_and_cookies_follow_the_real_address(
    served: list[tuple[dict[str, object], Settings]], sqlite_url: str, tmp_path: Path
) -> None:
    known = {"MATCHER_DATABASE_URL": sqlite_url, "MATCHER_DATA_DIR": str(tmp_path), "MATCHER_PORT": "8100"}
    run(**known | {"PORT": "8200"})
    run("--host", "0.0.0.0", "--port", "8300", "--workers", "3", **known)  # noqa: S104
    run("--host", "::1", **known)
    assert [options["bind"] for options, _ in served] == [["127.0.0.1:8200"], ["0.0.0.0:8300"], ["[::1]:8100"]]
    assert [settings.cookie_secure for _, settings in served] == [False, True, False]
    assert served[1][0]["workers"] == 3


def test_without_a_database_it_says_how_to_make_one(
    served: list[tuple[dict[str, object], Settings]], tmp_path: Path
) -> None:
    code, told = run(MATCHER_DATA_DIR=str(tmp_path))
    assert code == 1
    assert "matcher init" in told
    assert served == []


def test_with_a_database_of_another_version_it_says_how_to_migrate(
    served: list[tuple[dict[str, object], Settings]], tmp_path: Path
) -> None:
    (tmp_path / "matcher.db").touch()
    code, told = run(MATCHER_DATA_DIR=str(tmp_path))
    assert code == 1
    assert "matcher init" in told
    assert served == []


def test_its_help_has_examples() -> None:
    result = CliRunner().invoke(commands.commands, ["serve", "--help"])
    assert result.exit_code == 0
    assert "matcher serve --host" in result.output
