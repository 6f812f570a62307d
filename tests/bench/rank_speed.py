"""How long ``matcher rank`` takes, as a ratio to a bare sparse product of the same texts in the same run.

    python -m tests.bench.rank_speed [--size 20000] [--rich] [--meaning]

The peer is ``sparse_dot_topn.sp_matmul_topn`` (top 20, two threads) on a words-only TF-IDF of the corpus, its product
alone: no reading, no tokenising, no parts, no writing. The command is timed as a process of its own, from start to
exit: without meaning, or with every vector in the cache. Making the vectors has a benchmark of its own (embed_speed).
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rjieba
from sklearn.feature_extraction.text import TfidfVectorizer
from sparse_dot_topn import sp_matmul_topn

from matcher.file_ranking import lines
from matcher.files import read_needs, read_products
from matcher.profiles import need_profile, product_profile, today
from matcher.remarks import Remark
from matcher.vector_file import FileVectors
from scoring.index import Index
from scoring.meaning import Meaning
from scoring.ranking import rank
from scoring.semantic import Embedder, local_encoder
from scoring.tfidf import Nearest
from scoring.weights import Weights
from tests.bench.corpus import Corpus, generate

TOP = 20
MOST_TIMES = 8
MOST_MEMORY = 4096
MATCHER = Path(sys.executable).with_name("matcher")


@dataclass(slots=True)
class Speed:
    """Seconds of the peer and of the command, and their ratio; the command's peak memory in MB; the share of the exact
    20 nearest that its search for candidates finds; its stages in seconds."""

    size: int
    peer: float
    command: float
    ratio: float
    memory: float
    found: float
    stages: dict[str, float]


def measure(folder: Path, size: int, *, rich: bool = False, meaning: bool = False) -> Speed:
    """Generate a corpus in ``folder`` and time both: the peer before and after the command, the better one counts."""
    corpus = generate(folder, size, rich=rich)
    if meaning:
        _fill_cache(corpus, folder)
    first = _peer(corpus)
    command, memory = _command(corpus, folder, meaning=meaning)
    peer = min(first, _peer(corpus))
    stages, found = _stages(corpus, folder / "stages.jsonl")
    return Speed(size, round(peer, 2), round(command, 2), round(command / peer, 2), round(memory), found, stages)


def _texts(path: Path, name: str) -> list[str]:
    return [json.loads(line)[name] for line in path.read_text(encoding="utf-8").splitlines()]


def _peer(corpus: Corpus) -> float:
    vectorizer = TfidfVectorizer(
        analyzer=lambda text: [word for word in rjieba.cut(text) if word.strip()], dtype=np.float32
    )
    products = vectorizer.fit_transform(_texts(corpus.products, "summary"))
    needs = vectorizer.transform(_texts(corpus.needs, "text"))
    inverted = products.T.tocsr()
    began = time.perf_counter()
    sp_matmul_topn(needs, inverted, top_n=TOP, n_threads=2, sort=True)
    return time.perf_counter() - began


def _fill_cache(corpus: Corpus, folder: Path) -> None:
    """Keep a vector of each text of the corpus: made up, as the time does not depend on what it says."""
    products = [product_profile(row, id=row["external_ref"], on=today()) for row in read_products([corpus.products])]
    needs = [need_profile(row, id=row["external_ref"]) for row in read_needs([corpus.needs])]
    encoder, store = local_encoder(), FileVectors(folder, _refuse)
    (probe,) = encoder.encode(["数据"])
    assert Meaning(Embedder(encoder, store)).scale  # the probes are embedded in earnest
    made_up = Meaning(Embedder(_MadeUp(encoder.name, len(probe)), store))
    for profiles in (products, needs):
        made_up.vectors(profiles)


class _MadeUp:
    """Vectors of the length of the encoder ``name``."""

    def __init__(self, name: str, dimensions: int) -> None:
        self.name, self._dimensions = name, dimensions
        self._random = np.random.default_rng(0)

    def encode(self, texts: Sequence[str], *, asking: bool = False) -> npt.NDArray[np.float32]:  # noqa: ARG002
        return self._random.normal(size=(len(texts), self._dimensions)).astype(np.float32)


def _refuse(remark: Remark) -> None:
    raise RuntimeError(remark["detail"])


def _command(corpus: Corpus, folder: Path, *, meaning: bool) -> tuple[float, float]:
    sides = ["--products", str(corpus.products), "--needs", str(corpus.needs)]
    environment = os.environ | {"MATCHER_EMBEDDINGS": "local" if meaning else "off", "MATCHER_CACHE_DIR": str(folder)}
    out = ["--top", str(TOP), "--out", str(folder / "matches.jsonl")]
    began = time.perf_counter()
    subprocess.run([MATCHER, "rank", *sides, *out], check=True, env=environment)
    seconds = time.perf_counter() - began
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _stages(corpus: Corpus, out: Path) -> tuple[dict[str, float], float]:
    """The command's own steps, run here one by one, and how many of the exact nearest its candidates hold."""
    stages: dict[str, float] = {}

    @contextmanager
    def timed(stage: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        stages[stage] = round(time.perf_counter() - began, 2)

    began = time.perf_counter()
    subprocess.run([MATCHER, "rank", "--help"], check=True, stdout=subprocess.DEVNULL)
    stages["start python and load the engine"] = round(time.perf_counter() - began, 2)
    with timed("read and check the files"):
        products, needs = read_products([corpus.products]), read_needs([corpus.needs])
    with timed("make profiles"):
        offered = [product_profile(row, id=row["external_ref"], on=today()) for row in products]
        wanted = [need_profile(row, id=row["external_ref"]) for row in needs]
    with timed("index the products"):
        supply = Index.build(offered)
    with timed("index the needs"):
        demand = Index.build(wanted, supply.statistics)
    with timed("rank"):
        blocks = list(rank(demand, supply, Weights(), TOP))
    with timed("write"), out.open("w", encoding="utf-8") as stream:
        stream.writelines(lines(blocks, demand, supply))
    return stages, _found(demand, supply)


def _found(demand: Index, supply: Index) -> float:
    """Which share of the exact nearest products the search for candidates finds."""
    every = Nearest(supply.terms, supply.statistics, head=0).candidates(demand.terms, TOP, 2)
    likely = supply.nearest.candidates(demand.terms, Weights().candidates, 2)
    wanted, present = (rows * len(supply) + columns for rows, columns, _ in (every, likely))
    found = np.isin(wanted, present)
    return round(float(found.mean()), 4)


def main() -> int:
    """Print the figures as JSON; 1 where the command took more than eight times the peer, or 4 GB."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--rich", action="store_true", help="give both sides elements, tags and sectors too")
    parser.add_argument("--meaning", action="store_true", help="with meaning, its vectors cached")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        speed = measure(Path(folder), arguments.size, rich=arguments.rich, meaning=arguments.meaning)
    print(json.dumps(asdict(speed), indent=2))  # noqa: T201
    return int(speed.ratio > MOST_TIMES or speed.memory > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
