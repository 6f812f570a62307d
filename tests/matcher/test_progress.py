"""Progress on a terminal."""

import time

import pytest

import matcher.progress
from matcher.progress import progress


def test_nothing_is_shown_where_standard_error_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("ranking") as report:
        report(1, 2)
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")


def test_on_a_terminal_long_work_shows_its_count(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(matcher.progress, "PATIENCE", 0.0)
    with progress("ranking") as report:
        report(1, 2)
        report(2, 2)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "ranking" in shown.err


def test_short_work_shows_no_bar_even_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress("ranking") as report:
        report(2, 2)
    assert capsys.readouterr().err == ""


def test_long_work_shows_its_bar_before_the_second_report(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(matcher.progress, "PATIENCE", 0.05)
    with progress("ranking") as report:
        report(0, 2)
        time.sleep(0.3)
    assert "0/2" in capsys.readouterr().err


def test_another_piece_of_the_work_starts_the_bar_anew_under_its_own_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(matcher.progress, "PATIENCE", 0.0)
    with progress("scoring") as report:
        report.on("embedding")(64, 64)
        first = capsys.readouterr().err
        report(0, 9)
        report(9, 9)
    last = capsys.readouterr().err
    assert ("embedding" in first, "scoring" in first) == (True, False)
    assert "scoring" in last
    assert "9/9" in last
