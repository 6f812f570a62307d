"""The interface's languages: Chinese first, English complete.

Message ids are English. The Chinese catalogue is read from its ``.po`` file at the first use (about 50 ms once per
process), so that there is no compiled copy to build, ship or find stale.
"""

import functools
from io import BytesIO
from pathlib import Path
from typing import Any

import flask_babel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, has_request_context, request, session

LANGUAGES = {"zh_Hans": "中文", "en": "English"}
HTML_LANGUAGES = {"zh_Hans": "zh-Hans", "en": "en"}
TRANSLATIONS = Path(__file__).parent / "translations"
SESSION_KEY = "language"


def install(app: Flask, default: str) -> None:
    """Set up Flask-Babel on ``app`` with ``default`` for those who ask for no language."""
    app.config["MATCHER_LANGUAGE"] = default
    babel = flask_babel.Babel(app, locale_selector=current_language, default_timezone="Asia/Shanghai")
    babel.domain_instance = _Catalogues()
    app.jinja_env.globals.update(current_language=current_language, languages=LANGUAGES, html_languages=HTML_LANGUAGES)


class _Catalogues(flask_babel.Domain):  # type: ignore[misc]  # it ships no types
    """Flask-Babel's source of messages, without its compiled files."""

    def get_translations(self) -> NullTranslations:
        return catalogue(current_language())


@functools.cache
def catalogue(language: str) -> NullTranslations:
    """The messages of ``language``; those of English are the message ids themselves."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


def _(message: str, **values: Any) -> str:
    """``message`` in the reader's language with ``values`` put in."""
    translated: str = flask_babel.gettext(message, **values)
    return translated


def current_language() -> str:
    """The request's language: chosen in the console, else the person's own, else asked for (API), else the default."""
    if not has_request_context():
        return str(current_app.config["MATCHER_LANGUAGE"])
    if "language" not in g:
        g.language = _choose()
    return str(g.language)


def forget_choice() -> None:
    """Choose the request's language again, now that more is known about who asks."""
    g.pop("language", None)
    flask_babel.refresh()


def _choose() -> str:
    default = str(current_app.config["MATCHER_LANGUAGE"])
    if request.path.startswith("/api/") or request.path.startswith("/health/"):
        return _asked_for(default)
    chosen = session.get(SESSION_KEY)
    if chosen in LANGUAGES:
        return str(chosen)
    caller = g.get("caller")
    own = caller.staff.language if caller is not None else None
    return own if own in LANGUAGES else default


def _asked_for(default: str) -> str:
    """The best of Accept-Language. Every Chinese tag gets zh_Hans: simplified is what there is."""
    for tag, quality in request.accept_languages:
        primary = tag.replace("_", "-").split("-")[0].lower()
        if quality > 0 and primary in ("zh", "en"):
            return "zh_Hans" if primary == "zh" else "en"
    return default
