"""A large library put together from the shipped one: each text joins clauses of real texts and three random word
pairs."""

import json
import random
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import rjieba

SEED = 20_261_121
CLAUSE = re.compile(r"[，。；：、,;]")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Where the generated files are."""

    products: Path
    needs: Path


def generate(folder: Path, size: int, *, rich: bool = False) -> Corpus:
    """Write ``size`` products (6–14 clauses) and as many needs (3–10 clauses); ``rich`` adds elements, tags and
    sectors."""
    library = _read("products.jsonl"), _read("scenarios.jsonl")
    texts = [product["summary"] for product in library[0]] + [scenario["purpose"] for scenario in library[1]]
    clauses = [clause for text in texts for clause in CLAUSE.split(text) if len(clause) >= 4]
    words = sorted({word for text in texts for word in rjieba.cut(text) if len(word) > 1})
    chance = random.Random(SEED)  # noqa: S311

    def text(fewest: int, most: int) -> str:
        pairs = [chance.choice(words) + chance.choice(words) for _ in range(3)]
        return "，".join(chance.choices(clauses, k=chance.randint(fewest, most)) + pairs) + "。"

    def row(letter: str, number: int, fewest: int, most: int, models: list[dict[str, Any]]) -> dict[str, Any]:
        said = text(fewest, most)
        plain = {"id": f"{letter}-{number:05d}", "title": said[:12], "summary" if letter == "P" else "text": said}
        if not rich:
            return plain
        like = chance.choice(models)
        return plain | {name: like[name] for name in ("data_elements", "tags", "sector")}

    folder.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(folder / "products.jsonl", folder / "needs.jsonl")
    _write(corpus.products, [row("P", number, 6, 14, library[0]) for number in range(size)])
    _write(corpus.needs, [row("N", number, 3, 10, library[1]) for number in range(size)])
    return corpus


def _read(name: str) -> list[dict[str, Any]]:
    lines = files("seeds").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
