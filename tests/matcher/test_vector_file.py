"""The cache file: never in the way, whatever happens to it. What every store keeps is in tests/contracts."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from matcher.messages import LANGUAGES, message
from matcher.remarks import Remark
from matcher.vector_file import FileVectors
from scoring.semantic import Vectors, digest_of, packed

DIGESTS = [digest_of(str(number)) for number in range(50)]
ROWS = {digest: np.full(512, number / 4096, np.float32) for number, digest in enumerate(DIGESTS)}


def unremarked(remark: Remark) -> None:
    raise AssertionError(remark)


def codes(remarks: list[Remark]) -> list[str]:
    assert all(
        message(remark["code"], language, detail=remark["detail"]) for remark in remarks for language in LANGUAGES
    )
    return [remark["code"] for remark in remarks]


def same(found: dict[bytes, Vectors], expected: dict[bytes, Vectors]) -> bool:
    return {key: row.tolist() for key, row in found.items()} == {key: row.tolist() for key, row in expected.items()}


def overwritten(path: Path) -> None:
    path.write_text("no database\n" * 1000)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def bit_flipped(path: Path) -> None:
    """In the middle of a vector, where SQLite does not look."""
    values = packed(ROWS[DIGESTS[7]])
    flipped = bytes([values[0] ^ 0x40]) + values[1:]
    whole = path.read_bytes()
    assert values[:256] in whole
    path.write_bytes(whole.replace(values[:256], flipped[:256]))


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE vectors (something TEXT)")
    connection.close()


@pytest.mark.parametrize("damage", [overwritten, cut, bit_flipped, foreign])
@pytest.mark.parametrize("first", ["get", "put"])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, damage: Callable[[Path], None], first: str) -> None:
    FileVectors(tmp_path, unremarked).put("m", ROWS)
    remarks: list[Remark] = []
    store = FileVectors(tmp_path, remarks.append)
    damage(store.path)
    if first == "put":
        store.put("m", {b"x": ROWS[DIGESTS[0]]})
    found = store.get("m", DIGESTS)
    assert same(found, {digest: ROWS[digest] for digest in found})  # what is left is right
    store.put("m", ROWS)
    assert same(store.get("m", DIGESTS), ROWS)
    assert codes(remarks) == ["vector-cache-rebuilt"]
    assert str(store.path) in remarks[0]["detail"]


def in_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "cache"


def with_a_folder_in_its_place(folder: Path) -> Path:
    FileVectors(folder, unremarked).path.mkdir()
    return folder


def read_only(folder: Path) -> Path:
    (folder / "sealed").mkdir(mode=0o500)
    return folder / "sealed"


@pytest.mark.parametrize("place", [in_a_file, with_a_folder_in_its_place, read_only])
def test_a_place_that_cannot_be_written_is_remarked_on_once(tmp_path: Path, place: Callable[[Path], Path]) -> None:
    if place is read_only and os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    remarks: list[Remark] = []
    store = FileVectors(place(tmp_path), remarks.append)
    for _ in range(2):
        assert store.get("m", DIGESTS) == {}
        store.put("m", ROWS)
    assert codes(remarks) == ["vector-cache-unusable"]


def test_a_file_that_somebody_else_holds_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.vector_file.BUSY_TIMEOUT", 0.05)
    remarks: list[Remark] = []
    store = FileVectors(tmp_path, remarks.append)
    store.put("m", ROWS)
    other = sqlite3.connect(store.path)
    other.execute("BEGIN EXCLUSIVE")
    assert store.get("m", DIGESTS) == {}
    other.close()
    assert codes(remarks) == ["vector-cache-unusable"]
    assert same(FileVectors(tmp_path, remarks.append).get("m", DIGESTS), ROWS)


WRITER = """
import sys
from pathlib import Path
import numpy as np
from matcher.vector_file import FileVectors
from scoring.semantic import digest_of

store = FileVectors(Path(sys.argv[1]), print)
for block in range(10_000):
    store.put("m", {digest_of(f"{block}/{n}"): np.full(512, n / 4096, np.float32) for n in range(256)})
    print(block, flush=True)
"""


def test_a_kill_loses_no_more_than_the_block_being_written(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    done = []
    for writer in writers:
        assert writer.stdout
        done += [int(writer.stdout.readline()) for _ in range(5)]
    time.sleep(0.05)
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    remarks: list[Remark] = []
    store = FileVectors(tmp_path, remarks.append)
    for block in range(5):
        found = store.get("m", [digest_of(f"{block}/{n}") for n in range(256)])
        assert [found[digest_of(f"{block}/{n}")][0] for n in range(256)] == [n / 4096 for n in range(256)]
    assert (codes(remarks), sorted(done)) == ([], sorted([*range(5)] * 2))
