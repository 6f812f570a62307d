"""The project's files as the house rules see them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "jobs", "matcher", "migrations", "scoring", "seeds")


def relative(path: Path) -> str:
    """``path`` as it is written in rules and messages: from the project's root, with slashes."""
    return path.relative_to(ROOT).as_posix()


def python_files(*folders: str) -> list[Path]:
    """All Python files under ``folders`` (default: the packages and the tests), ordered."""
    return sorted(path for folder in folders or (*PACKAGES, "tests") for path in (ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file, read once."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def classes(*folders: str) -> Iterator[tuple[Path, ast.ClassDef]]:
    """Every class statement under ``folders`` with the file that holds it."""
    for path in python_files(*folders):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef):
                yield path, node


def documents() -> list[Path]:
    """Every page written for people."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def text_files() -> list[Path]:
    """Every file that is kept under version control and holds text."""
    kept = {".py", ".md", ".html", ".css", ".js", ".json", ".jsonl", ".tsv", ".po", ".ini", ".mako", ".svg", ".txt"}
    inside = (path for folder in (*PACKAGES, "tests", "docs", ".ci") for path in (ROOT / folder).rglob("*"))
    top = (path for path in ROOT.iterdir() if path.name in TOP_LEVEL)
    return sorted(
        path
        for path in (*inside, *top)
        if path.is_file()
        and "__pycache__" not in path.parts
        and (path.suffix in kept or path.suffix == "" or path in top)
    )


TOP_LEVEL = frozenset(
    {
        ".dockerignore",
        ".editorconfig",
        ".env.example",
        ".gitattributes",
        ".gitignore",
        "CHANGELOG.md",
        "Dockerfile",
        "LICENSE",
        "Makefile",
        "README.md",
        "README.zh-CN.md",
        "babel.cfg",
        "compose.yaml",
        "pyproject.toml",
        "setup.cfg",
    }
)
"""What stands on the front page beside the folders."""
