"""A run with meaning: texts are embedded once, under the run's lease; an encoder that fails costs the part, a reranker
what it would have said, and both are remarked on."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

import scoring.semantic
from matcher.actions.runs import full_run
from matcher.errors import RunUnderWayError
from matcher.models import Match, Need, Product, Run
from matcher.settings import Settings
from matcher.states import RunStatus
from matcher.transaction import reading, writing
from scoring.errors import EncoderUnavailableError
from scoring.probes import PROBES
from tests.contracts.model_server import Fault, ModelServer, as_json, running
from tests.contracts.model_server import status as answer_with
from tests.factories import make_need, make_organisation, make_product
from tests.scoring.encoders import LetterEncoder

PRODUCTS = {"P0": ("隧道交通流量", "高速公路断面车流"), "P1": ("药品处方统计", "医院门诊用药")}

WHOLE = 3 + 2 * len(PROBES)
"""Texts embedded for two products and a need: theirs, and the probes as needs and as products."""

DIES_EMBEDDING = """
import os, signal, sys
import matcher.meaning, scoring.semantic
from matcher.actions.runs import full_run
from matcher.database import make_engine, make_sessions
from matcher.settings import Settings
from tests.scoring.encoders import LetterEncoder

matcher.meaning.local_encoder = LetterEncoder
scoring.semantic._BLOCK = 1
die = lambda done, _: os.kill(os.getpid(), signal.SIGKILL) if done == 2 else None
full_run(make_sessions(make_engine(sys.argv[1])), Settings(database_url=sys.argv[1]), embedding_progress=die)
"""


@pytest.fixture
def library(sessions: sessionmaker[Session]) -> None:
    """Two products and a need."""
    with writing(sessions) as session:
        seller = make_organisation(session, external_ref="S1")
        buyer = make_organisation(session, external_ref="B1")
        for ref, (title, summary) in PRODUCTS.items():
            make_product(session, seller, external_ref=ref, title=title, summary=summary)
        make_need(session, buyer, external_ref="N0", title="", text="想要高速公路过往车辆数量")


@pytest.fixture
def lettered(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a local encoder that is quick, and one text a block."""
    monkeypatch.setattr("matcher.meaning.local_encoder", LetterEncoder)
    monkeypatch.setattr(scoring.semantic, "_BLOCK", 1)
    return replace(settings, embeddings="local")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    monkeypatch.setenv("NO_PROXY", "*")
    with running() as model:
        yield model


def all_runs(sessions: sessionmaker[Session]) -> Sequence[Run]:
    with reading(sessions) as session:
        return session.scalars(select(Run).order_by(Run.id)).all()


def change_a_product(sessions: sessionmaker[Session], title: str = "桥梁监测") -> None:
    with writing(sessions) as session:
        session.scalars(select(Product).where(Product.external_ref == "P1")).one().title = title


def test_a_second_run_embeds_nothing(sessions: sessionmaker[Session], settings: Settings, library: None) -> None:
    local = replace(settings, embeddings="local")
    full_run(sessions, local)
    full_run(sessions, local, force=True)
    first, second = all_runs(sessions)
    with reading(sessions) as session:
        match = session.scalars(select(Match).order_by(Match.id).limit(1)).one()
    parts = {part["part"]: part for part in match.breakdown["parts"]}
    assert first.embedded > 0
    assert first.vectors_reused == 0
    assert second.embedded == 0
    assert second.vectors_reused >= first.embedded
    assert first.fingerprint == second.fingerprint
    assert parts["meaning"]["known"]


def test_a_changed_product_is_the_only_one_that_is_embedded_again(
    sessions: sessionmaker[Session], lettered: Settings, library: None
) -> None:
    told: list[tuple[int, int]] = []
    first = full_run(sessions, lettered, embedding_progress=lambda done, total: told.append((done, total)))
    assert first.embedded == WHOLE
    assert told == [(0, 2), (1, 2), (2, 2), (3, 3)]
    change_a_product(sessions)
    second = full_run(sessions, lettered)
    assert (second.embedded, second.vectors_reused) == (1, first.embedded - 1)
    assert [run.embedded for run in all_runs(sessions)] == [first.embedded, 1]
    assert full_run(sessions, lettered).skipped


def test_a_second_process_is_told_while_the_first_is_still_embedding(
    sessions: sessionmaker[Session], lettered: Settings, library: None
) -> None:
    entered, leave = threading.Event(), threading.Event()

    def pause(done: int, _total: int) -> None:
        if done == 2:
            entered.set()
            leave.wait(30)

    first = threading.Thread(target=lambda: full_run(sessions, lettered, embedding_progress=pause))
    first.start()
    try:
        assert entered.wait(30)
        with pytest.raises(RunUnderWayError, match="0 of 1 needs"):
            full_run(sessions, lettered)
    finally:
        leave.set()
        first.join()
    assert [run.status for run in all_runs(sessions)] == [RunStatus.FINISHED]


def test_what_a_killed_run_had_embedded_is_kept(
    sessions: sessionmaker[Session], lettered: Settings, library: None
) -> None:
    command = [sys.executable, "-c", DIES_EMBEDDING, lettered.database_url]
    child = subprocess.run(command, check=False, timeout=60, env=os.environ | {"PYTHONPATH": str(Path.cwd())})
    assert child.returncode == -signal.SIGKILL
    (killed,) = all_runs(sessions)
    assert (killed.status, killed.needs_done) == (RunStatus.RUNNING, 0)
    report = full_run(sessions, lettered)
    # the probes and the two products were ready, the need was not
    assert (report.run_id, report.embedded, report.vectors_reused) == (killed.id, 1, WHOLE - 1)
    assert [run.status for run in all_runs(sessions)] == [RunStatus.FINISHED]


def test_an_interrupted_run_counts_what_both_processes_embedded(
    sessions: sessionmaker[Session], lettered: Settings, library: None
) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        full_run(sessions, lettered, stop)
    report = full_run(sessions, lettered)
    assert report.embedded == WHOLE
    assert len(all_runs(sessions)) == 1


def test_a_service_that_does_not_answer_costs_the_part_and_is_remarked_on(
    sessions: sessionmaker[Session], settings: Settings, library: None
) -> None:
    nobody = replace(settings, embeddings="http://127.0.0.1:9/v1/embeddings", embeddings_model="none")
    report = full_run(sessions, nobody)
    (run,) = all_runs(sessions)
    assert report.matches > 0
    assert run.status is RunStatus.FINISHED
    assert [remark["code"] for remark in run.remarks] == ["embeddings-unavailable"]
    assert run.embedded == 0


class Failing(LetterEncoder):
    """Fails for one text."""

    refuses = ""

    def encode(self, texts: Sequence[str], *, asking: bool = False) -> npt.NDArray[np.float32]:
        if self.refuses and any(self.refuses in text for text in texts):
            raise EncoderUnavailableError("out of order")
        return super().encode(texts, asking=asking)


def test_an_encoder_that_fails_on_the_way_costs_the_part_for_all_needs(
    sessions: sessionmaker[Session], lettered: Settings, library: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.meaning.local_encoder", Failing)
    whole = full_run(sessions, lettered)
    monkeypatch.setattr(Failing, "refuses", "桥梁")
    change_a_product(sessions)
    without = full_run(sessions, lettered)
    assert without.fingerprint != whole.fingerprint
    assert [remark["code"] for remark in without.remarks] == ["embeddings-unavailable"]
    with reading(sessions) as session:
        matches = session.scalars(select(Match).order_by(Match.id)).all()
        known = {part["part"]: part["known"] for match in matches for part in match.breakdown["parts"]}
        assert {match.fingerprint for match in matches} == {without.fingerprint}
    assert not known["meaning"]
    # still out of order: the same again is not worth a run
    again = full_run(sessions, lettered)
    assert (again.skipped, again.run_id) == (True, without.run_id)
    assert [run.id for run in all_runs(sessions)] == [whole.run_id, without.run_id]
    monkeypatch.setattr(Failing, "refuses", "")
    healed = full_run(sessions, lettered)
    assert (healed.fingerprint == without.fingerprint, healed.embedded, healed.remarks) == (False, 1, [])


def test_a_run_that_lost_its_encoder_goes_on_from_the_start(
    sessions: sessionmaker[Session], lettered: Settings, library: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was stored with meaning is stored anew without, or half of the needs would be scored otherwise."""
    monkeypatch.setattr("matcher.meaning.local_encoder", Failing)

    def stop(done: int, _total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        full_run(sessions, lettered, stop)
    monkeypatch.setattr(Failing, "refuses", "隧道")
    monkeypatch.setattr("matcher.vectors.DatabaseVectors.get", lambda *_: {})
    monkeypatch.setattr("matcher.vectors.DatabaseVectors.put", lambda *_: None)
    report = full_run(sessions, lettered)
    left, run = all_runs(sessions)
    assert (left.status, run.status) == (RunStatus.FAILED, RunStatus.FINISHED)
    assert (report.resumed_at, report.run_id, run.fingerprint) == (0, run.id, report.fingerprint)
    with reading(sessions) as session:
        assert {match.fingerprint for match in session.scalars(select(Match))} == {report.fingerprint}


def test_a_server_that_dies_on_the_way_leaves_what_it_has_made(
    sessions: sessionmaker[Session], settings: Settings, library: None, server: ModelServer
) -> None:
    remote = replace(settings, embeddings=server.embeddings, embeddings_model="hash")
    whole = full_run(sessions, remote)
    change_a_product(sessions)
    server.faults = [answer_with(401)]
    without = full_run(sessions, remote)
    assert without.fingerprint != whole.fingerprint
    healed = full_run(sessions, remote)
    assert (healed.fingerprint == without.fingerprint, healed.embedded) == (False, 1)


@pytest.fixture
def reranked(sessions: sessionmaker[Session], settings: Settings, library: None, server: ModelServer) -> Settings:
    """Two needs more, and a rerank service."""
    with writing(sessions) as session:
        for number, text in enumerate(("药品处方用药", "隧道断面车流"), 1):
            make_need(session, external_ref=f"N{number}", title="", text=text)
    return replace(settings, rerank_url=f"{server.base}/v1/rerank", rerank_model="overlap")


def what_was_read(sessions: sessionmaker[Session]) -> dict[str, bool]:
    """By need, whether the reranker has read its pairs."""
    with reading(sessions) as session:
        rows = session.execute(select(Need.external_ref, Match.breakdown).join(Need, Need.id == Match.need_id))
        parts = [(ref, part) for ref, breakdown in rows for part in breakdown["parts"] if part["part"] == "meaning"]
    read = {ref: {part["reranked"] is not None for other, part in parts if other == ref} for ref, _ in parts}
    assert all(len(found) == 1 for found in read.values())
    return {ref: found.pop() for ref, found in sorted(read.items())}


def dies_after(answers: int) -> list[Fault]:
    """Right answers, then one that says that the key is wrong, which ends a reranker's work at once."""
    return [as_json] * answers + [answer_with(401)]


def test_the_pairs_of_every_need_are_read_by_the_reranker(
    sessions: sessionmaker[Session], reranked: Settings, settings: Settings, server: ModelServer
) -> None:
    report = full_run(sessions, reranked)
    assert what_was_read(sessions) == {"N0": True, "N1": True, "N2": True}
    assert (report.reranked, report.remarks) == (sum(len(body["documents"]) for body in server.asked), [])
    assert full_run(sessions, reranked).skipped
    assert len(server.asked) == 3
    without = full_run(sessions, settings)
    assert without.fingerprint != report.fingerprint
    assert what_was_read(sessions) == {"N0": False, "N1": False, "N2": False}


def test_a_reranker_that_dies_in_the_middle_leaves_the_rest_unread_and_is_remarked_on(
    sessions: sessionmaker[Session], reranked: Settings, server: ModelServer
) -> None:
    server.faults = dies_after(1)
    report = full_run(sessions, reranked)
    (run,) = all_runs(sessions)
    assert run.status is RunStatus.FINISHED
    assert what_was_read(sessions) == {"N0": True, "N1": False, "N2": False}
    (remark,) = run.remarks
    assert (remark["code"], remark["needs"], "HTTP 401" in remark["detail"]) == ("reranker-unavailable", "1", True)
    assert report.remarks == run.remarks
    assert len(server.asked) == 2
    # while it is away the same again is not worth a run
    server.faults = [answer_with(401)]
    assert full_run(sessions, reranked).skipped
    # once it is back it is
    healed = full_run(sessions, reranked)
    assert (healed.skipped, healed.remarks) == (False, [])
    assert what_was_read(sessions) == {"N0": True, "N1": True, "N2": True}
    asked = len(server.asked)
    assert full_run(sessions, reranked).skipped
    assert len(server.asked) == asked


def test_a_run_that_goes_on_still_says_that_the_reranker_had_left(
    sessions: sessionmaker[Session], reranked: Settings, server: ModelServer
) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    server.faults = dies_after(1)
    with pytest.raises(KeyboardInterrupt):
        full_run(sessions, reranked, stop, block=1)
    server.faults = [answer_with(401)]
    report = full_run(sessions, reranked, block=1)
    assert (report.resumed_at, [remark["needs"] for remark in report.remarks]) == (2, ["1"])


def test_a_run_that_the_reranker_had_left_begins_anew_once_it_is_back(
    sessions: sessionmaker[Session], reranked: Settings, server: ModelServer
) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    server.faults = dies_after(1)
    with pytest.raises(KeyboardInterrupt):
        full_run(sessions, reranked, stop, block=1)
    report = full_run(sessions, reranked, block=1)
    assert (report.resumed_at, report.remarks) == (0, [])
    assert what_was_read(sessions) == {"N0": True, "N1": True, "N2": True}
    assert [run.status for run in all_runs(sessions)] == [RunStatus.FAILED, RunStatus.FINISHED]


def test_an_interrupted_run_counts_the_needs_read_before(
    sessions: sessionmaker[Session], reranked: Settings, server: ModelServer
) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        full_run(sessions, reranked, stop, block=1)
    server.faults = dies_after(1)
    report = full_run(sessions, reranked, block=1)
    assert (report.resumed_at, [remark["needs"] for remark in report.remarks]) == (1, ["2"])
    assert what_was_read(sessions) == {"N0": True, "N1": True, "N2": False}
