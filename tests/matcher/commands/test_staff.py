"""Staff commands: a login for the first start, tokens shown once."""

import json
import re

from sqlalchemy.orm import Session, sessionmaker

from matcher.actions.staff import check_token, verify_password
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
