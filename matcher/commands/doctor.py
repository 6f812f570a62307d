"""``matcher doctor``: what is set, and what is wrong."""

import click

from matcher.checks import State, run_checks
from matcher.commands.context import load_settings
from matcher.commands.output import console, new_table, print_json
from matcher.commands.words import word
from matcher.settings import describe

STYLES = {State.OK: "green", State.NOTE: "yellow", State.WRONG: "bold red"}


@click.group()
def commands() -> None:
    """Commands that look at the installation."""


@commands.command(
    epilog="""\b
    Examples:
      matcher doctor
      matcher doctor --json | jq '.checks[] | select(.state == "wrong")'""",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Explain every setting and check the installation. Exits with 1 when something is wrong."""
    settings = load_settings()
    language = settings.language
    lines, checks = describe(settings, language), run_checks(settings)
    found = [(check, word(check.code, language, **check.values)) for check in checks]
    if as_json:
        print_json(
            {
                "settings": [
                    {"name": line.variable, "value": line.value, "source": line.source, "meaning": line.meaning}
                    for line in lines
                ],
                "checks": [{"check": check.name, "state": check.state, "finding": text} for check, text in found],
            }
        )
    else:
        table = new_table(*(word(code, language) for code in ("setting", "setting-value", "source", "meaning")))
        for line in lines:
            table.add_row(line.variable, line.value, word(f"source-{line.source}", language), line.meaning)
        results = new_table(*(word(code, language) for code in ("check", "state", "finding")))
        for check, text in found:
            state = word(f"state-{check.state}", language)
            results.add_row(word(f"check-{check.name}", language), state, text, style=STYLES[check.state])
        console().print(table, results)
    context.exit(int(any(check.state is State.WRONG for check in checks)))
