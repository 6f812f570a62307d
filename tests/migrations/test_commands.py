"""``matcher init``."""

from pathlib import Path

from tests.program import Run


def test_init_makes_the_database_and_may_be_repeated(matcher: Run, tmp_path: Path) -> None:
    folder = str(tmp_path / "new")
    for _ in range(2):
        done = matcher("init", MATCHER_DATA_DIR=folder)
        assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "new" / "matcher.db").exists()
