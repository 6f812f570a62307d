"""Where files stand and how large they are."""

import pytest

from tests.architecture.project import PACKAGES, ROOT, TOP_LEVEL, python_files, relative

MAX_LINES = 400
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
FILLED_INITS = {
    "matcher/models/__init__.py": "imports every model, so that Alembic and the mappers see them all",
}
NOT_MIRRORED = {
    "architecture": "the house rules",
    "bench": "speed, over whole commands",
    "contracts": "one suite per interface, run against the fake and the real thing",
    "journeys": "what a person does in a browser",
    "packaging": "the wheel, the image and the services",
}
UNMIRRORED_TESTS = {
    "tests/scoring/test_robustness.py": "what holds of the engine as a whole, whatever a seller writes",
}


def test_every_test_file_mirrors_a_source_file() -> None:
    strays = []
    for path in python_files("tests"):
        inside = path.relative_to(ROOT / "tests")
        if not path.name.startswith("test_") or inside.parts[0] in NOT_MIRRORED:
            continue
        source = ROOT / inside.with_name(path.name.removeprefix("test_"))
        if not (source.is_file() or source.with_suffix("").is_dir()) and relative(path) not in UNMIRRORED_TESTS:
            strays.append(f"{relative(path)}: there is no {relative(source)}")
    assert strays == []


def test_listed_exceptions_are_still_needed() -> None:
    unneeded = [name for name in UNMIRRORED_TESTS if not (ROOT / name).is_file()]
    unneeded += [
        name
        for name in UNMIRRORED_TESTS
        if (ROOT / name.removeprefix("tests/").replace("/test_", "/")).with_suffix("").with_suffix(".py").is_file()
    ]
    unneeded += [name for name in FILLED_INITS if not (ROOT / name).is_file() or not (ROOT / name).read_text().strip()]
    assert unneeded == []


def test_unlisted_init_files_are_empty() -> None:
    filled = [relative(path) for path in python_files() if path.name == "__init__.py" and path.read_text().strip()]
    assert sorted(set(filled) - FILLED_INITS.keys()) == []


def test_every_package_folder_has_an_init_file() -> None:
    folders = {path.parent for path in python_files(*PACKAGES)}
    assert [relative(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [relative(path) for path in python_files() if path.stem in EMPTY_NAMES] == []


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_no_file_is_longer_than_one_thing_needs(package: str) -> None:
    lengths = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(package)}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_every_package_tells_type_checkers_that_it_is_typed() -> None:
    assert [package for package in PACKAGES if not (ROOT / package / "py.typed").is_file()] == []


def test_the_front_page_holds_only_what_belongs_there() -> None:
    missing = sorted(name for name in TOP_LEVEL if not (ROOT / name).is_file())
    strays = sorted(
        path.name for path in ROOT.iterdir() if path.is_file() and path.name not in TOP_LEVEL | {".env", ".coverage"}
    )
    assert (missing, strays) == ([], [])
