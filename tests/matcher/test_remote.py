"""Small parts of talking to a server. What a server's answers come to is in tests/contracts."""

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from matcher.remote import RemoteEncoder, RemoteReranker, _seconds, place_of


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("3", 3.0), ("0", 0.0), ("-5", 0.0), ("nan", None), ("inf", None), ("soon", None), ("", None)],
)
def test_retry_after_is_read_as_far_as_it_makes_sense(header: str | None, seconds: float | None) -> None:
    assert _seconds(header) == seconds


def test_retry_after_may_be_a_date() -> None:
    soon = _seconds(format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True))
    assert soon is not None
    assert 25 < soon <= 30
    assert _seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0


def test_a_place_is_named_without_what_is_secret() -> None:
    assert place_of("https://me:hunter2@models.example:8443/v1/embeddings?key=hunter2") == (
        "models.example:8443/v1/embeddings"
    )


def test_the_name_is_made_of_model_and_place_and_fits_its_column() -> None:
    url = "https://models.example/v1/embeddings"
    assert RemoteEncoder(url, "bge-m3").name == "bge-m3@models.example/v1/embeddings"
    assert RemoteReranker(url, None).name == "default@models.example/v1/embeddings"
    long = [RemoteEncoder(url, "m" * 300 + end).name for end in ("a", "b")]
    assert long[0] != long[1]
    assert all(len(name) <= 200 for name in long)


def test_addresses_with_their_queries_are_not_logged() -> None:
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
