"""An index on disk."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from scoring.errors import IndexFormatError
from scoring.explanation import explain
from scoring.index import Index
from scoring.index_file import FORMAT, load, save
from scoring.profile import NeedProfile, ProductProfile
from scoring.ranking import rank
from scoring.weights import Weights
from tests.scoring.samples import NEEDS, PRODUCTS, index_both, product
from tests.scoring.strategies import need_lists, product_lists
from tests.scoring.test_index import assert_equal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A saved index of the sample products."""
    save(Index.build(PRODUCTS), tmp_path / "index")
    return tmp_path / "index"


def told(needs: Index, products: Index) -> list[dict[str, Any]]:
    return [
        breakdown.to_json()
        for ranked in rank(needs, products, Weights(), 5)
        for breakdown in explain(needs, products, ranked.pairs, Weights(), "f")
    ]


@given(wanted=need_lists, offered=product_lists)
@settings(deadline=None, max_examples=25)
def test_loaded_indexes_rank_and_explain_as_the_ones_saved(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[NeedProfile], offered: list[ProductProfile]
) -> None:
    sides = index_both(wanted, offered)
    loaded = []
    for side in sides:
        place = tmp_path_factory.mktemp("saved") / "index"
        save(side, place)
        loaded.append(load(place))
        shutil.rmtree(place)
    assert_equal(loaded[1], sides[1])
    assert list(loaded[0].profiles) == list(sides[0].profiles)
    assert told(*loaded) == told(*sides)
    assert loaded[1].statistics.to_bytes() == sides[1].statistics.to_bytes()


def test_a_loaded_index_can_be_updated_and_saved_over_itself(folder: Path) -> None:
    added = product("p-new", title="隧道照明能耗")
    updated = load(folder).updated([added], [PRODUCTS[0].id])
    save(updated, folder)
    assert_equal(load(folder), Index.build(PRODUCTS, load(folder).statistics).updated([added], [PRODUCTS[0].id]))
    assert [path.name for path in folder.parent.iterdir()] == ["index"]


def test_an_index_of_nothing_is_saved_and_loaded(tmp_path: Path) -> None:
    save(Index.build([]), tmp_path / "index")
    empty = load(tmp_path / "index")
    assert len(empty) == 0
    assert told(Index.build(NEEDS, empty.statistics), empty) == []


def mapped(array: Any) -> bool:
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    return array is not None


def test_arrays_are_mapped_into_memory_not_read(folder: Path) -> None:
    index = load(folder)
    arrays = [index.terms.data, index.terms.indices, index.terms.indptr, index.units.terms.data]
    arrays += [index.units.terms.indices, index.tags.ids, index.tags.indptr, index.units.said.ids]
    arrays += [index.facets.numbers["amount"], index.facets.coded["regions"].codes]
    assert all(mapped(array) for array in arrays)


def test_equal_indexes_are_saved_as_equal_bytes(folder: Path, tmp_path: Path) -> None:
    save(Index.build(PRODUCTS[::-1]), tmp_path / "other")
    for file in sorted(folder.iterdir()):
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes(), file.name


def load_damaged(folder: Path, file: Path) -> None:
    load(folder)
    pytest.fail(f"{file.name} was damaged and nobody saw it")


def damages(folder: Path) -> Iterator[Path]:
    """Every file of the index damaged in every way in turn; whole again afterwards."""
    for file in sorted(folder.iterdir()):
        whole = file.read_bytes()
        for damaged in (b"", whole[: len(whole) // 2], whole[:-1], b"[]", b"\x80\x81"):
            file.write_bytes(damaged)
            yield file
        file.unlink()
        yield file
        file.write_bytes(whole)


def test_a_damaged_cut_or_missing_file_is_an_index_format_error(folder: Path) -> None:
    for file in damages(folder):
        with pytest.raises(IndexFormatError, match=rf"^{re.escape(str(folder))}: "):
            load_damaged(folder, file)
    assert len(load(folder)) == len(PRODUCTS)


def test_a_folder_of_another_format_is_refused_by_the_name_of_its_format(folder: Path) -> None:
    (folder / "meta.json").write_text(json.dumps({"format": "exchange-matcher-index/0", "rows": 3}))
    with pytest.raises(IndexFormatError, match=f"exchange-matcher-index/0.*{FORMAT}"):
        load(folder)


@pytest.mark.parametrize("place", ["nowhere", "empty", "file"])
def test_what_is_no_index_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(IndexFormatError, match=place):
        load(tmp_path / place)


class PowerCutError(Exception):
    """Stands for whatever interrupts a save."""


@pytest.mark.parametrize("call", [0, 1, 7])
def test_an_interrupted_save_leaves_the_old_index_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    calls = iter(range(1000))
    real = np.save

    def cut(*args: Any, **options: Any) -> None:
        if next(calls) == call:
            raise PowerCutError
        real(*args, **options)

    monkeypatch.setattr(np, "save", cut)
    with pytest.raises(PowerCutError):
        save(Index.build(PRODUCTS[:1]), folder)
    assert_equal(load(folder), Index.build(PRODUCTS))
    assert [path.name for path in folder.parent.iterdir()] == ["index"]


def test_a_save_that_fails_at_the_very_end_puts_the_old_index_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.rename

    def cut(self: Path, target: Path) -> Path:
        if self.name.endswith(".new"):
            raise PowerCutError
        return real(self, target)

    monkeypatch.setattr(Path, "rename", cut)
    with pytest.raises(PowerCutError):
        save(Index.build(PRODUCTS[:1]), folder)
    assert_equal(load(folder), Index.build(PRODUCTS))
    assert [path.name for path in folder.parent.iterdir()] == ["index"]


def test_a_mapped_index_still_answers_after_another_took_its_place(folder: Path) -> None:
    held = load(folder)
    save(Index.build(PRODUCTS[:1]), folder)
    assert_equal(held, Index.build(PRODUCTS))
