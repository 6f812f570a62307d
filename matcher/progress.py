"""Progress of long work on a terminal: a bar with rate and time left, shown only once a second has passed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.progress import Task as _Task
from rich.text import Text

Report = Callable[[int, int], None]
"""Told how much is done and how much there is in all."""

PATIENCE = 1.0
"""Seconds without a bar: what takes less needs none."""


class _Rate(TextColumn):
    """Items a second."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: _Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:,.0f}/s", style="progress.data.speed")


class Bar:
    """A bar on standard error, silent where that is no terminal. Calling it is a ``Report`` on what it began with."""

    def __init__(self, description: str) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task(description, total=None)
        self._first = self._present = description
        self._began = time.monotonic()
        self._waiting: Timer | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show how far the work is."""
        self._show(self._first, done, total)

    def on(self, description: str) -> Report:
        """The same bar for another piece of the work: it starts anew under this name with the first report."""
        return lambda done, total: self._show(description, done, total)

    def _show(self, description: str, done: int, total: int) -> None:
        if description != self._present:
            self._bar.reset(self._task, description=description)
            self._present = description
        self._bar.update(self._task, completed=done, total=total)
        left = self._began + PATIENCE - time.monotonic()
        if left <= 0:
            self._bar.start()
        elif self._waiting is None:  # the next report may be minutes away
            self._waiting = Timer(left, self._bar.start)
            self._waiting.daemon = True
            self._waiting.start()

    def stop(self) -> None:
        """Take the bar away."""
        if self._waiting:
            self._waiting.cancel()
            self._waiting.join()
        if self._bar.live.is_started:
            self._bar.stop()


@contextmanager
def progress(description: str) -> Iterator[Bar]:
    """Show a bar while the block calls what it is given."""
    bar = Bar(description)
    try:
        yield bar
    finally:
        bar.stop()
