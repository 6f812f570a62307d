"""Staff: logins that cannot be guessed and tokens that can be ended."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions.passwords import check_password, hash_password, password_holds, random_password
from matcher.actions.staff import (
    TOKEN_PREFIX,
    add_staff,
    change_password,
    check_token,
    issue_token,
    note_login,
    note_token_use,
    renewed_hash,
    revoke_token,
    verify_password,
)
from matcher.database import utcnow
from matcher.errors import ConflictError, InvalidInputError
from matcher.models import AuditEntry, Staff
from matcher.states import StaffRole
from matcher.transaction import reading, writing
from tests.factories import PASSWORD, make_staff

ACTOR = "command:test"


def test_a_member_of_staff_logs_in_with_any_case_of_the_address(session: Session) -> None:
    add_staff(session, " Li.Na@Example.org ", "李娜", StaffRole.REVIEWER, PASSWORD, actor=ACTOR)
    member = verify_password(session, "LI.NA@example.org", PASSWORD)
    assert member is not None
    assert member.email == "li.na@example.org"
    assert verify_password(session, "li.na@example.org", PASSWORD + "x") is None
    assert verify_password(session, "nobody@example.org", PASSWORD) is None


def test_the_login_is_noted_without_a_new_version(sessions: sessionmaker[Session]) -> None:
    with writing(sessions) as session:
        member_id = make_staff(session, email="a@example.org").id
    with reading(sessions) as session:
        verified = verify_password(session, "a@example.org", PASSWORD)
    assert verified is not None
    assert renewed_hash(verified, PASSWORD) is None
    with writing(sessions) as session:
        note_login(session, verified)
    with reading(sessions) as session:
        member = session.get_one(Staff, member_id)
    assert member.last_login_at is not None
    assert member.version == 1


def test_who_is_not_active_cannot_log_in(session: Session) -> None:
    member = make_staff(session, active=False)
    assert verify_password(session, member.email, PASSWORD) is None


def test_a_hash_of_weaker_settings_is_renewed_at_login(sessions: sessionmaker[Session]) -> None:
    with writing(sessions) as session:
        member = make_staff(session, email="a@example.org")
        member.password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    with reading(sessions) as session:
        verified = verify_password(session, "a@example.org", PASSWORD)
    assert verified is not None
    with writing(sessions) as session:
        note_login(session, verified, renewed_hash(verified, PASSWORD))
    with reading(sessions) as session:
        kept = session.scalars(select(Staff.password_hash)).one()
    parameters = extract_parameters(kept)
    assert (parameters.memory_cost >= 19 * 1024, parameters.time_cost >= 2) == (True, True)


def test_a_password_changed_meanwhile_outlives_the_renewal_of_the_old_hash(sessions: sessionmaker[Session]) -> None:
    with writing(sessions) as session:
        make_staff(session, email="a@example.org")
    with reading(sessions) as session:
        verified = verify_password(session, "a@example.org", PASSWORD)
    assert verified is not None
    with writing(sessions) as session:
        change_password(session, session.get_one(Staff, verified.id), "another-good-one", actor=ACTOR)
    with writing(sessions) as session:
        note_login(session, verified, hash_password(PASSWORD))
    with reading(sessions) as session:
        assert verify_password(session, "a@example.org", "another-good-one") is not None


@pytest.mark.parametrize(
    "password",
    ["short77", "x" * 129, "password123", "QWERTY123", "88888888", "aaaaaaaaaaaa", "Li.Na@example.org", "woaini1314"],
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^password: "):
        check_password(password, email="li.na@example.org")


@pytest.mark.parametrize(
    "password", ["12chars-long", "x" * 64 + "y" * 64, "中文口令也可以用的", "correct horse battery staple"]
)
def test_any_other_password_is_taken(password: str) -> None:
    check_password(password, email="li.na@example.org")
    assert password_holds(hash_password(password), password)


def test_composed_and_decomposed_letters_are_the_same_password() -> None:
    assert password_holds(hash_password("caf\u00e9-au-lait"), "cafe\u0301-au-lait")


def test_an_overlong_password_costs_no_more_than_others() -> None:
    assert not password_holds(hash_password("x" * 128), "x" * 10_000_000)


def test_random_passwords_are_taken_and_differ() -> None:
    made = {random_password() for _ in range(100)}
    assert len(made) == 100
    for password in made:
        check_password(password)


@pytest.mark.parametrize("email", ["", "nobody", "a b@example.org", "@example.org"])
def test_what_is_no_address_is_refused(session: Session, email: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^email: "):
        add_staff(session, email, "李娜", StaffRole.ADMIN, PASSWORD, actor=ACTOR)


def test_an_address_has_one_login(session: Session) -> None:
    add_staff(session, "a@example.org", "一", StaffRole.ADMIN, PASSWORD, actor=ACTOR)
    with pytest.raises(ConflictError):
        add_staff(session, "A@example.org", "二", StaffRole.ADMIN, PASSWORD, actor=ACTOR)


def test_a_new_password_ends_all_sessions(session: Session) -> None:
    member = make_staff(session)
    change_password(session, member, "another-good-one", actor=ACTOR)
    session.flush()
    assert member.session_epoch == 2
    assert verify_password(session, member.email, PASSWORD) is None
    assert verify_password(session, member.email, "another-good-one")


def test_a_token_acts_for_its_holder_until_it_ends(session: Session) -> None:
    member = make_staff(session)
    token, secret = issue_token(session, member, "export", actor=ACTOR)
    assert secret.startswith(TOKEN_PREFIX)
    found = check_token(session, secret)
    assert found is not None
    assert found.staff is member
    assert check_token(session, secret[:-1] + ("a" if secret[-1] != "a" else "b")) is None
    revoke_token(session, token, actor=ACTOR)
    assert check_token(session, secret) is None
    with pytest.raises(ConflictError):
        revoke_token(session, token, actor=ACTOR)


def test_a_token_ends_by_time_and_with_its_holder(session: Session) -> None:
    member = make_staff(session)
    past, future = utcnow() - timedelta(seconds=1), utcnow() + timedelta(hours=1)
    _, ended = issue_token(session, member, "old", actor=ACTOR, expires_at=past)
    _, alive = issue_token(session, member, "new", actor=ACTOR, expires_at=future)
    assert check_token(session, ended) is None
    assert check_token(session, alive)
    member.active = False
    session.flush()
    assert check_token(session, alive) is None


def test_the_secret_is_kept_nowhere(session: Session) -> None:
    token, secret = issue_token(session, make_staff(session), "export", actor=ACTOR)
    kept = [str(getattr(token, column.key)) for column in token.__table__.columns]
    entries = [str(entry.details) for entry in session.scalars(select(AuditEntry))]
    assert not [text for text in kept + entries if secret in text or secret.removeprefix(TOKEN_PREFIX) in text]


def test_the_use_of_a_token_is_noted_to_the_minute(session: Session) -> None:
    token, _ = issue_token(session, make_staff(session), "export", actor=ACTOR)
    note_token_use(token)
    first = token.last_used_at
    note_token_use(token)
    assert token.last_used_at is first is not None
