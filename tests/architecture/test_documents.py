"""What the pages and pages' templates say can be done, and needs nothing from elsewhere."""

import os
import re
from dataclasses import fields
from importlib.metadata import entry_points
from itertools import chain
from pathlib import Path

import click
import pytest

from matcher.settings import Settings, describe
from tests.architecture.project import PACKAGES, ROOT, documents, relative, text_files

VARIABLES = [spec.metadata["variable"] for spec in fields(Settings) if "variable" in spec.metadata]
CODE = re.compile(r"^```(?:bash|sh|console|text)?\n(.*?)^```|(?<!`)`([^`\n]+)`(?!`)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
FETCHED = re.compile(
    r"""(?:\bsrc|\bsrcset|<link[^>]*\bhref|<use[^>]*\bhref|\baction)\s*=\s*["']\s*(?:https?:)?//"""
    r"""|url\(\s*["']?(?:https?:)?//|@import\s+["'](?:https?:)?//|\bfrom\s+["']https?://""",
    re.IGNORECASE,
)
OF_ONE_MACHINE = re.compile(r"(?<![\w.~:/])/(?:" + "|".join(["work", "root", "home", "Users"]) + r")/\w")


def code_in(page: Path) -> str:
    """What ``page`` sets as code, one piece a line."""
    return "\n".join(block or inline for block, inline in CODE.findall(page.read_text(encoding="utf-8")))


def command_names(group: click.Group, prefix: str = "") -> set[str]:
    names = set()
    for name, command in group.commands.items():
        names.add(f"{prefix}{name}")
        if isinstance(command, click.Group):
            names |= command_names(command, f"{prefix}{name} ")
    return names


def matcher_commands() -> set[str]:
    groups = [entry.load() for entry in entry_points(group="matcher.commands")]
    return set(chain.from_iterable(command_names(group) for group in groups))


@pytest.mark.parametrize("page", documents(), ids=relative)
def test_make_targets_that_pages_name_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|[ \t])make(?:[ \t]+[A-Z]+=\S+)*[ \t]+([a-z]+)", code_in(page), re.MULTILINE))
    assert named - targets == set()


@pytest.mark.parametrize("page", documents(), ids=relative)
def test_commands_that_pages_name_exist(page: Path) -> None:
    known = matcher_commands()
    named = re.findall(r"(?:^|[\s/])matcher ([a-z]+)(?: ([a-z]+))?", code_in(page), re.MULTILINE)
    unknown = {first for first, _ in named if first not in known}
    groups = {name.partition(" ")[0] for name in known if " " in name}
    unknown |= {f"{first} {second}" for first, second in named if first in groups and second} - known
    assert unknown == set()


@pytest.mark.parametrize("page", documents(), ids=relative)
def test_files_that_pages_link_to_exist(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("document", ["docs/operations.md", ".env.example"])
def test_every_setting_is_documented_and_no_other(document: str) -> None:
    named = set(re.findall(r"MATCHER_[A-Z_]+(?<!_)", (ROOT / document).read_text(encoding="utf-8")))
    assert {name for name in named if not name.startswith("MATCHER_TEST_")} == set(VARIABLES)


def test_the_documented_defaults_are_the_programs() -> None:
    rows = re.findall(r"^\| `(MATCHER_\w+)` \| (.*?) \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    shown = {line.variable: line.value for line in describe(Settings(), "en")}
    explained = {"MATCHER_DATABASE_URL", "MATCHER_SECRET_KEY", "MATCHER_CACHE_DIR"}
    explained |= {name for name in shown if shown[name] in ("-", "None")}
    assert {
        name: default for name, default in rows if name not in explained and f"`{shown[name]}`" not in default
    } == {}


def test_the_settings_of_the_example_file_are_accepted() -> None:
    lines = re.findall(r"^# (MATCHER_\w+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert Settings.from_environment(dict(lines)).given


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").rstrip().endswith("exec make test")
    assert "make test" in code_in(ROOT / "README.md")


def test_both_readmes_show_the_same_commands() -> None:
    blocks = [
        [
            line.split("#")[0].strip()
            for line in code_in(ROOT / name).splitlines()
            if re.match(r"(make|\.venv/bin|docker|curl)", line)
        ]
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert blocks[0] == blocks[1]


def test_pages_of_the_console_fetch_nothing_from_elsewhere() -> None:
    served = [
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".html", ".css", ".js", ".svg"} and path.is_file()
    ]
    assert served, "no templates found: has their place changed?"
    assert [relative(path) for path in served if FETCHED.search(path.read_text(encoding="utf-8"))] == []


def test_no_file_names_a_place_on_one_machine() -> None:
    found = [
        f"{relative(path)}:{number}: {line.strip()[:120]}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if OF_ONE_MACHINE.search(line)
    ]
    assert found == []
