"""The encoder and the reranker that pairs are explained with, one of each for the whole process."""

import logging

from flask import Flask, current_app
from sqlalchemy.orm import Session, sessionmaker

from matcher.meaning import open_meaning, open_reranker
from matcher.patience import BRIEF
from matcher.settings import Settings
from matcher.vectors import DatabaseVectors
from scoring.errors import RerankerUnavailableError
from scoring.meaning import Meaning
from scoring.reranking import Reranking
from scoring.semantic import Reranker

EXTENSION = "matcher.meaning"

logger = logging.getLogger(__name__)


def install(app: Flask, settings: Settings, sessions: sessionmaker[Session]) -> None:
    """Set up what the settings name. No model is loaded and no server asked before a text must be embedded or read."""
    meaning, _ = open_meaning(settings, DatabaseVectors(sessions), BRIEF)  # somebody waits for the page
    try:
        reranker = open_reranker(settings, BRIEF)
    except RerankerUnavailableError as error:
        logger.warning("pairs are explained without reranking: %s", error)
        reranker = None
    app.extensions[EXTENSION] = meaning, reranker


def current_meaning() -> Meaning | None:
    """The encoder over the stored vectors, None where meaning is off or its package missing."""
    meaning: Meaning | None
    meaning, _ = current_app.extensions[EXTENSION]
    return meaning


def current_reranking() -> Reranking | None:
    """The reranker for one request, None where none is named: one that fails is asked again by the next request."""
    reranker: Reranker | None
    _, reranker = current_app.extensions[EXTENSION]
    return Reranking(reranker) if reranker else None
