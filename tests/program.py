"""The program as people run it: in this process where that makes no difference, which is much faster."""

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from matcher.cli import main

PROGRAM = [sys.executable, "-c", "from matcher.cli import main; main()"]
"""To run it in a process of its own."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """This process's environment without settings, and a data folder of the test's own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MATCHER_", "LC_", "LANG"))}
    return inherited | {
        "MATCHER_DATA_DIR": str(tmp_path),
        "MATCHER_CACHE_DIR": str(tmp_path / "cache"),
        "MATCHER_EMBEDDINGS": "off",
        "COLUMNS": "80",
    }


@pytest.fixture
def matcher(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``matcher`` with arguments, standard input and more variables, to its end."""

    def run(*arguments: str, given: str = "", **variables: str) -> Done:
        with monkeypatch.context() as patch:
            for name in set(os.environ) - set(environment):
                patch.delenv(name)
            for name, value in (environment | variables).items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.StringIO(given))
            with pytest.raises(SystemExit) as ended:
                main(arguments)
        shown = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Done(ended.value.code, shown.out, shown.err)

    return run
