"""The language a command speaks."""

import click
from click.testing import CliRunner

from matcher.commands.language import asked_language


@click.command()
@click.option("--language")
def said(language: str | None) -> None:
    del language
    click.echo(asked_language())


def test_it_is_the_one_asked_for_and_chinese_otherwise() -> None:
    assert CliRunner().invoke(said, ["--language", "en"]).output == "en\n"
    assert CliRunner().invoke(said, []).output == "zh_Hans\n"
    assert asked_language() == "zh_Hans"
