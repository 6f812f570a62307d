"""The server that encoders and rerankers are held to."""

from collections.abc import Iterator

import pytest

from tests.contracts.model_server import ModelServer, running


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """A model server of the test's own, reached without any proxy that this machine may name."""
    monkeypatch.setenv("NO_PROXY", "*")
    with running() as model:
        yield model
