"""Log lines on standard error: for people or, as JSON, for collectors."""

import sys

import structlog


def set_up(log_format: str) -> None:
    """Write logs as ``text`` or ``json``. Tracebacks go without local variables: those may hold passwords."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    as_json = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    plain = structlog.dev.plain_traceback
    as_text = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    renderer: list[structlog.typing.Processor] = [*(as_json if log_format == "json" else as_text)]
    structlog.configure(
        processors=shared + renderer,
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
