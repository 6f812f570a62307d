"""The judged library of tests.scoring.judged_samples in files, as the commands read them."""

import json
from collections.abc import Iterable
from pathlib import Path

from tests.scoring.judged_samples import OTHER, WANTED, topics


def write_judged(folder: Path, count: int = 36, name: str = "made") -> tuple[str, str, str]:
    """Products, needs and judgments: the three values of ``--collection``."""
    made = topics(count)
    bad = [{"id": f"bad-{topic.name}", "title": topic.same, "sectors": OTHER} for topic in made]
    good = [{"id": f"good-{topic.name}", "title": topic.near, "sectors": WANTED} for topic in made]
    needs = [{"id": f"S-{topic.name}", "text": topic.same, "sectors": WANTED} for topic in made]
    judgments = "".join(f"S-{topic.name}\tgood-{topic.name}\t3\n" for topic in made)
    files = (folder / f"{name}-products.jsonl", folder / f"{name}-needs.jsonl", folder / f"{name}.tsv")
    for path, text in zip(files, (_lines([*bad, *good]), _lines(needs), judgments), strict=True):
        path.write_text(text, encoding="utf-8")
    products, wanted, graded = map(str, files)
    return products, wanted, graded


def _lines(rows: Iterable[object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)
