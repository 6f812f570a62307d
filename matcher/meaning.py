"""Which encoder and which reranker the settings name. What cannot be used is remarked on, and scoring goes on without.

A remark is ``{"code": …, "detail": …}`` and more values by name; ``remark_text`` says it.
"""

from collections.abc import Callable

from matcher.messages import message
from matcher.patience import Patience
from matcher.remarks import Remark
from matcher.settings import Settings
from matcher.vector_file import FileVectors
from scoring.errors import EncoderUnavailableError, RerankerUnavailableError
from scoring.meaning import Meaning
from scoring.reranking import Reranking
from scoring.semantic import Embedder, Encoder, Reranker, VectorStore, local_encoder

LOCAL, OFF = "local", "off"

RERANKER_LEFT = "reranker-unavailable"
"""The remark on a reranker that was not there for all needs: ``needs`` tells how many it has read."""


def open_encoder(settings: Settings, patience: Patience | None = None) -> Encoder | None:
    """The encoder that the settings name, None where they say ``off``. Raises EncoderUnavailableError where it cannot
    even be set up; no server is asked yet."""
    if settings.embeddings == OFF:
        return None
    if settings.embeddings == LOCAL:
        return local_encoder()
    from matcher.remote import RemoteEncoder  # takes a third of a second, which most never need

    return RemoteEncoder(settings.embeddings, settings.embeddings_model, settings.embeddings_key, patience)


def open_embedder(
    settings: Settings, store: VectorStore | None, patience: Patience | None = None
) -> tuple[Embedder | None, list[Remark]]:
    """The encoder that the settings name, with ``store``; without one where meaning is off or, with a remark, where the
    encoder is missing.

    A server is asked only for texts that the store does not hold. Its failure comes out of ``Embedder.vectors`` as
    EncoderUnavailableError, for ``remark_on``.
    """
    try:
        encoder = open_encoder(settings, patience)
    except EncoderUnavailableError as error:
        code = "embeddings-missing" if settings.embeddings == LOCAL else "embeddings-unavailable"
        return None, [{"code": code, "detail": str(error)}]
    return (Embedder(encoder, store) if encoder else None), []


def file_embedder(settings: Settings) -> tuple[Embedder | None, list[Remark]]:
    """As ``open_embedder``, with the cache folder's file for a store.

    What is wrong with that file turns up as it is used: say the remarks after the work and not before it.
    """
    remarks: list[Remark] = []
    embedder, found = open_embedder(settings, FileVectors(settings.cache_dir, remarks.append))
    remarks += found
    return embedder, remarks


def open_meaning(
    settings: Settings, store: VectorStore, patience: Patience | None = None
) -> tuple[Meaning | None, list[Remark]]:
    """What ``Index.build`` takes, over ``open_embedder``."""
    embedder, remarks = open_embedder(settings, store, patience)
    return (Meaning(embedder) if embedder else None), remarks


def open_reranker(settings: Settings, patience: Patience | None = None) -> Reranker | None:
    """The reranker that the settings name, if any. Raises RerankerUnavailableError where it cannot even be set up."""
    if settings.rerank_url is None:
        return None
    from matcher.remote import RemoteReranker  # as above

    return RemoteReranker(settings.rerank_url, settings.rerank_model, settings.rerank_key, patience)


def open_reranking(
    settings: Settings, patience: Patience | None = None, report: Callable[[int], None] = lambda _needs: None
) -> tuple[Reranking | None, list[Remark]]:
    """The reranker that the settings name, ready for one piece of work; without one where none is named or, with a
    remark, where it cannot even be set up. How the work went, ``remarks_on_reranking`` tells."""
    try:
        reranker = open_reranker(settings, patience)
    except RerankerUnavailableError as error:
        return None, [remark_on(error)]
    return (Reranking(reranker, report) if reranker else None), []


def remark_on(error: EncoderUnavailableError | RerankerUnavailableError, needs: int = 0) -> Remark:
    """The remark for a failure in the middle of the work, after the reranker had read the pairs of ``needs`` needs."""
    if isinstance(error, EncoderUnavailableError):
        return {"code": "embeddings-unavailable", "detail": str(error)}
    return {"code": RERANKER_LEFT, "detail": str(error), "needs": str(needs)}


def remarks_on_reranking(reranking: Reranking | None, before: int = 0) -> list[Remark]:
    """What there is to say of a reranker after its work; ``before``: needs that another process had it read."""
    if reranking is None or reranking.failure is None:
        return []
    return [remark_on(reranking.failure, before + reranking.needs)]


def remark_text(remark: Remark, language: str) -> str:
    """The remark in ``zh_Hans`` or ``en``."""
    return message(remark["code"], language, **{name: said for name, said in remark.items() if name != "code"})
