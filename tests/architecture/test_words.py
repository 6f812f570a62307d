"""One word per concept, failures end in Error, every state can be shown to people."""

import ast
import inspect
import re
from enum import StrEnum
from itertools import chain

import pytest

from matcher import states
from matcher.codes.labels import label
from matcher.settings import LANGUAGES
from tests.architecture.project import PACKAGES, classes, relative

ENUMS = [member for _, member in inspect.getmembers(states, inspect.isclass) if issubclass(member, StrEnum)]
ENUMS.remove(StrEnum)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def last_name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def test_failures_end_in_error() -> None:
    wrong = [
        f"{relative(path)}: {node.name}"
        for path, node in classes(*PACKAGES)
        if node.name.endswith("Exception")
        or (
            not node.name.endswith("Error")
            and any(re.search(r"(Error|Exception)$", last_name(base)) for base in node.bases)
        )
    ]
    assert wrong == []


def test_only_failures_end_in_error() -> None:
    wrong = [
        f"{relative(path)}: {node.name}"
        for path, node in classes(*PACKAGES)
        if node.name.endswith("Error")
        and not any(re.search(r"(Error|Exception)$", last_name(base)) for base in node.bases)
    ]
    assert wrong == []


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_state_has_a_label_in_both_languages(enum: type[StrEnum]) -> None:
    for member in enum:
        assert all(label(member, language).strip() for language in LANGUAGES), member
        assert not CHINESE.search(label(member, "en")), member


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_tell_the_states_of_one_kind_apart(enum: type[StrEnum], language: str) -> None:
    labels = [label(member, language) for member in enum]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("kind", states.LEGAL_MOVES, ids=lambda kind: kind.__name__)
def test_the_legal_moves_know_every_state_and_stay_within_one_kind(kind: type[StrEnum]) -> None:
    moves = states.LEGAL_MOVES[kind]
    assert set(moves) == set(kind)
    assert {type(state) for state in (*moves, *chain.from_iterable(moves.values()))} == {kind}
