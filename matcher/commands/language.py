"""The language a command was asked to speak; apart from the settings, which commands on files do not need."""

import click

from matcher.messages import LANGUAGES


def asked_language() -> str:
    """What ``matcher --language`` or MATCHER_LANGUAGE names, Chinese if neither does."""
    context = click.get_current_context(silent=True)
    asked = context.find_root().params.get("language") if context else None
    return asked or LANGUAGES[0]
