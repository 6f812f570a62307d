"""The engine over today's library, with the vectors of all that is in it, or without where they cannot be had."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session, sessionmaker

from matcher.engine import Library, Scorer
from matcher.meaning import open_meaning, open_reranking, remark_on
from matcher.queries.promotions import read_active
from matcher.remarks import Remark
from matcher.settings import Settings
from matcher.transaction import reading
from matcher.vectors import DatabaseVectors
from scoring.errors import EncoderUnavailableError


@dataclass(frozen=True, slots=True)
class Embedding:
    """How many texts were embedded and how many found ready, and what did not go as set up."""

    embedded: int = 0
    reused: int = 0
    remarks: Sequence[Remark] = field(default_factory=list)


def open_todays_engine(
    sessions: sessionmaker[Session], settings: Settings, library: Library
) -> tuple[Scorer, list[Remark]]:
    """The engine that the settings name over ``library``, with the weights at work, and what of it cannot even be set
    up.

    Nothing of the library is embedded yet, so its fingerprint is known in a moment: ``embed_library`` makes it ready.
    """
    reranking, remarks = open_reranking(settings)
    with reading(sessions) as session:
        active = read_active(session)
    plain = Scorer.for_library(library, active.weights, reranking=reranking)
    meaning, missing = open_meaning(settings, DatabaseVectors(sessions))
    try:
        return plain.with_encoder(meaning), [*active.remarks, *missing, *remarks]
    except EncoderUnavailableError as error:
        return plain, [*active.remarks, remark_on(error), *remarks]


def embed_library(
    scorer: Scorer, library: Library, report: Callable[[int, int], None] = lambda _done, _total: None
) -> tuple[Scorer, Embedding]:
    """``scorer`` with all vectors, or without meaning, and so with another fingerprint, where the encoder fails.

    All needs are embedded here too, before the first is scored: an encoder that fails costs the part from the start
    and never for half of the needs. ``report`` is told how many of how many texts are ready.
    """
    meaning = scorer.products.meaning
    if meaning is None:
        return scorer, Embedding()
    remarks = []
    try:
        scorer = scorer.embedded(library.needs, report)
    except EncoderUnavailableError as error:
        scorer, remarks = scorer.with_encoder(None), [remark_on(error)]
    return scorer, Embedding(meaning.embedder.embedded, meaning.embedder.reused, remarks)
