"""An index on disk: a folder of plain arrays that are mapped into memory, so that processes share one copy.

``meta.json`` names the format; ``strings.json`` holds the distinct strings; every array is one ``.npy`` file;
``rows.jsonl`` has one profile a line and is read line by line as explanations ask for it.
"""

import json
import mmap
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scoring.errors import IndexFormatError
from scoring.facets import CODED, NUMBERS, Coded, FacetColumns
from scoring.index import Index
from scoring.meaning import Meaning
from scoring.pool import Rows, StringSets
from scoring.profile import Element, NeedProfile, ProductProfile, Profile
from scoring.tfidf import TermStatistics
from scoring.units import Units

FORMAT = "exchange-matcher-index/3"

Item = TypeVar("Item")
Arrays = dict[str, npt.NDArray[Any]]

_SIDES: dict[str, Callable[..., Profile]] = {"product": ProductProfile, "need": NeedProfile}


def save(index: Index, folder: Path) -> None:
    """Write ``index`` to ``folder``, in place of what was there only once all is written."""
    fresh, old = (folder.with_name(f"{folder.name}.{os.getpid()}.{state}") for state in ("new", "old"))
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        _write(index, fresh)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _write(index: Index, fresh: Path) -> None:
    fresh.mkdir(parents=True)
    arrays = _arrays(index)
    arrays["offsets"] = _write_rows(index, fresh / "rows.jsonl")
    for name, array in arrays.items():
        np.save(fresh / f"{name}.npy", array, allow_pickle=False)
    (fresh / "statistics.bin").write_bytes(index.statistics.to_bytes())
    coded = {name: column.values for name, column in index.facets.coded.items()}
    strings = {"tags": index.tags.strings, "units": index.units.said.strings, "coded": coded}
    (fresh / "strings.json").write_text(json.dumps(strings, ensure_ascii=False), encoding="utf-8")
    (fresh / "meta.json").write_text(json.dumps(_meta(index)), encoding="utf-8")


def load(folder: Path, meaning: Meaning | None = None) -> Index:
    """Map the index in ``folder`` into memory. IndexFormatError where it is none, of another format or damaged.

    ``meaning`` must be of the encoder that the index was built with; without it, the stored vectors are left out.
    """
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        if meta.get("format") != FORMAT:
            raise IndexFormatError(f"format {meta.get('format')!r}, not {FORMAT!r}")
        strings = json.loads((folder / "strings.json").read_text(encoding="utf-8"))
        statistics = TermStatistics.from_bytes((folder / "statistics.bin").read_bytes())
        arrays = {file.stem: np.load(file, mmap_mode="r", allow_pickle=False) for file in sorted(folder.glob("*.npy"))}
        if meaning and meta["encoder"] != meaning.name:
            raise IndexFormatError(f"vectors of {meta['encoder']!r}, not {meaning.name!r}")
        rows = _open_rows(folder / "rows.jsonl")
        return _assemble(arrays, strings, statistics, rows, meta["rows"], meaning)
    except (IndexFormatError, OSError, EOFError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise IndexFormatError(f"{folder}: not a readable index ({error})") from error


def _meta(index: Index) -> dict[str, Any]:
    return {"format": FORMAT, "rows": len(index), "encoder": index.meaning.name if index.meaning else None}


class _Lines(Sequence[Item], Generic[Item]):
    """The lines of a mapped file, each parsed when asked for."""

    def __init__(self, data: "mmap.mmap | bytes", offsets: Rows, parse: Callable[[dict[str, Any]], Item]) -> None:
        self._data, self._offsets, self._parse = data, offsets, parse

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> list[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | list[Item]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        return self._parse(json.loads(self._data[self._offsets[place] : self._offsets[place + 1]]))


def _open_rows(file: Path) -> "mmap.mmap | bytes":
    with file.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if file.stat().st_size else b""


def _arrays(index: Index) -> Arrays:
    arrays: Arrays = {}
    for name, matrix in (("terms", index.terms), ("unit_terms", index.units.terms)):
        for field in ("data", "indices", "indptr"):
            arrays[f"{name}-{field}"] = getattr(matrix, field)
    for name, sets in (("tags", index.tags), ("said", index.units.said)):
        arrays[f"{name}-indptr"], arrays[f"{name}-ids"] = sets.indptr, sets.ids
    arrays["said-declared"] = index.units.declared
    arrays |= {f"coded-{name}": column.codes for name, column in index.facets.coded.items()}
    if index.vectors is not None:
        arrays["vectors"] = index.vectors
    return arrays | {f"number-{name}": column for name, column in index.facets.numbers.items()}


def _assemble(
    arrays: Arrays,
    strings: dict[str, Any],
    statistics: TermStatistics,
    rows: "mmap.mmap | bytes",
    count: int,
    meaning: Meaning | None,
) -> Index:
    def matrix(name: str, height: int) -> sparse.csr_matrix:
        parts = tuple(arrays[f"{name}-{field}"] for field in ("data", "indices", "indptr"))
        return sparse.csr_matrix(parts, shape=(height, len(statistics.keys)), copy=False)

    offsets = arrays["offsets"]
    if len(offsets) != count + 1 or int(offsets[-1]) != len(rows):
        raise ValueError("rows.jsonl is cut short")
    coded = {name: Coded([tuple(value) for value in strings["coded"][name]], arrays[f"coded-{name}"]) for name in CODED}
    numbers = {name: arrays[f"number-{name}"] for name in NUMBERS}
    said = StringSets(strings["units"], arrays["said-indptr"], arrays["said-ids"])
    return Index(
        statistics=statistics,
        profiles=_Lines(rows, offsets, lambda line: _profile(line["profile"])),
        terms=matrix("terms", count),
        elements=_Lines(rows, offsets, lambda line: _elements(line["elements"])),
        tags=StringSets(strings["tags"], arrays["tags-indptr"], arrays["tags-ids"]),
        units=Units(said, arrays["said-declared"], matrix("unit_terms", len(said.strings))),
        facets=FacetColumns(coded, numbers),
        meaning=meaning,
        vectors=arrays["vectors"] if meaning else None,
    )


def _write_rows(index: Index, file: Path) -> Rows:
    """One line a row; returns where each begins and where the last ends: int64 (rows + 1,)."""
    offsets = [0]
    with file.open("wb") as stream:
        for profile, elements in zip(index.profiles, index.elements, strict=True):
            side = "product" if isinstance(profile, ProductProfile) else "need"
            line = {
                "profile": {"side": side} | asdict(profile),
                "elements": [asdict(element) for element in elements],
            }
            offsets.append(offsets[-1] + stream.write(json.dumps(line, default=str).encode() + b"\n"))
    return np.array(offsets, np.int64)


def _profile(line: dict[str, Any]) -> Profile:
    kind = _SIDES[line.pop("side")]
    elements = _elements(line.pop("elements"))
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in line.items()}
    for name in ("covers_until", "fresh_since"):
        if fields.get(name):
            fields[name] = date.fromisoformat(fields[name])
    return kind(elements=elements, **fields)


def _elements(lines: list[dict[str, Any]]) -> tuple[Element, ...]:
    return tuple(Element(line["name"], tuple(line["items"]), line["must"]) for line in lines)
