"""Staff commands: a login for the first start, tokens shown once."""

import json
import re
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions.staff import check_token, verify_password
from matcher.models import AuditEntry
from matcher.transaction import reading, writing
from tests.program import Run


def test_a_random_password_is_printed_once_and_works(matcher: Run, library: sessionmaker[Session]) -> None:
    done = matcher("staff", "add", "li.na@example.org", "--name", "李娜", "--role", "admin")
    assert done.returncode == 0
    found = re.search(r"：(\w{16})$", done.stdout.strip())
    assert found
    with writing(library) as session:
        member = verify_password(session, "li.na@example.org", found[1])
    assert member is not None
    assert (member.name, member.role) == ("李娜", "admin")


def test_a_given_password_is_taken_and_not_repeated(matcher: Run, library: sessionmaker[Session]) -> None:
    done = matcher("staff", "add", "a@example.org", "--password-stdin", given="a-good-one-indeed\n")
    assert done.returncode == 0
    assert "a-good-one" not in done.stdout
    with writing(library) as session:
        assert verify_password(session, "a@example.org", "a-good-one-indeed")


def test_a_weak_password_is_bad_input_and_adds_nobody(matcher: Run, library: sessionmaker[Session]) -> None:
    done = matcher("staff", "add", "a@example.org", "--password-stdin", given="password123")
    assert done.returncode == 2
    assert json.loads(matcher("staff", "list", "--json").stdout) == []


def test_a_first_start_adds_a_login_only_where_there_is_none(matcher: Run, library: sessionmaker[Session]) -> None:
    first = matcher("staff", "add", "admin@example.org", "--role", "admin", "--if-none")
    second = matcher("staff", "add", "other@example.org", "--role", "admin", "--if-none")
    assert (first.returncode, second.returncode) == (0, 0)
    assert "admin@example.org" in first.stdout
    assert "已有工作人员" in second.stdout
    listed = json.loads(matcher("staff", "list", "--json").stdout)
    assert listed == [{"email": "admin@example.org", "name": "admin", "role": "admin", "active": True}]
    assert "admin@example.org" in matcher("staff", "list").stdout


def test_a_taken_address_is_a_failure(matcher: Run, library: sessionmaker[Session]) -> None:
    codes = [matcher("staff", "add", "a@example.org").returncode for _ in range(2)]
    assert codes == [0, 1]


def test_a_token_is_shown_once_and_works(matcher: Run, library: sessionmaker[Session]) -> None:
    matcher("staff", "add", "a@example.org")
    done = matcher("staff", "token", "A@example.org", "--name", "export", "--expires-days", "30")
    found = re.search(r"xm_staff_\S+", done.stdout)
    assert found
    with reading(library) as session:
        token = check_token(session, found[0])
    assert token is not None
    assert token.expires_at is not None
    assert (token.expires_at - token.created_at).days in (29, 30)


def test_a_token_needs_a_member_of_staff(matcher: Run, library: sessionmaker[Session]) -> None:
    assert matcher("staff", "token", "nobody@example.org", "--name", "x").returncode == 2


def test_a_token_ends_after_a_year_unless_told_otherwise(matcher: Run, library: sessionmaker[Session]) -> None:
    matcher("staff", "add", "a@example.org")
    matcher("staff", "token", "a@example.org", "--name", "usual")
    matcher("staff", "token", "a@example.org", "--name", "endless", "--expires-days", "0")
    endless, usual = json.loads(matcher("staff", "tokens", "a@example.org", "--json").stdout)
    assert (endless["name"], endless["expires_at"], usual["name"]) == ("endless", None, "usual")
    lasts = datetime.fromisoformat(usual["expires_at"]) - datetime.fromisoformat(usual["created_at"])
    assert round(lasts / timedelta(days=1)) == 365


def test_a_leaked_token_is_revoked_by_name(matcher: Run, library: sessionmaker[Session]) -> None:
    matcher("staff", "add", "a@example.org")
    assert "没有令牌" in matcher("staff", "tokens", "a@example.org").stdout
    secrets = {
        name: matcher("staff", "token", "a@example.org", "--name", name).stdout.split("：")[1].split()[0]
        for name in ("leaked", "kept")
    }
    done = matcher("--language", "en", "staff", "revoke", "A@example.org", "leaked")
    assert (done.returncode, done.stdout.strip()) == (0, "Revoked the token “leaked”.")
    with reading(library) as session:
        assert [check_token(session, secrets[name]) is None for name in ("leaked", "kept")] == [True, False]
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "staff.token_revoked")).one()
        assert entry.actor == "command:staff-revoke"
    shown = matcher("staff", "tokens", "a@example.org").stdout
    assert "leaked" in shown
    assert secrets["leaked"] not in shown
    codes = [matcher("staff", "revoke", "a@example.org", name).returncode for name in ("leaked", "unheard-of")]
    assert codes == [1, 2]


def test_a_reset_password_is_shown_once_and_ends_every_session(matcher: Run, library: sessionmaker[Session]) -> None:
    matcher("staff", "add", "a@example.org", "--password-stdin", given="a-good-one-indeed")
    done = matcher("staff", "password", "a@example.org")
    assert done.returncode == 0
    with writing(library) as session:
        assert verify_password(session, "a@example.org", "a-good-one-indeed") is None
        member = verify_password(session, "a@example.org", done.stdout.strip().rsplit("：")[-1])
        assert member is not None
        assert member.session_epoch == 2


def test_a_password_can_be_set_from_standard_input(matcher: Run, library: sessionmaker[Session]) -> None:
    matcher("staff", "add", "a@example.org")
    done = matcher("staff", "password", "a@example.org", "--password-stdin", given="a-good-one-indeed\n")
    assert (done.returncode, "a-good-one" in done.stdout) == (0, False)
    with writing(library) as session:
        assert verify_password(session, "a@example.org", "a-good-one-indeed")
    weak = matcher("staff", "password", "a@example.org", "--password-stdin", given="password123")
    nobody = matcher("staff", "password", "nobody@example.org")
    assert (weak.returncode, nobody.returncode) == (2, 2)
