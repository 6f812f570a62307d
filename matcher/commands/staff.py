"""Commands for exchange staff: logins and tokens."""

import sys
from datetime import datetime, timedelta

import click
from sqlalchemy.orm import Session

from matcher.actions.passwords import random_password
from matcher.actions.staff import add_staff, change_password, issue_token, revoke_token
from matcher.codes.labels import label
from matcher.commands.context import load_settings, open_sessions
from matcher.commands.output import console, new_table, print_json
from matcher.commands.words import word
from matcher.database import utcnow
from matcher.errors import NotFoundError
from matcher.models import Staff
from matcher.queries.staff import any_staff, by_email, list_staff, list_tokens
from matcher.states import StaffRole
from matcher.transaction import reading, writing

ROLES = [role.value for role in StaffRole]
ADD_ACTOR, TOKEN_ACTOR = "command:staff-add", "command:staff-token"
REVOKE_ACTOR, PASSWORD_ACTOR = "command:staff-revoke", "command:staff-password"
TOKEN_DAYS = 365


@click.group()
def commands() -> None:
    """Commands for exchange staff."""


@commands.group()
def staff() -> None:
    """Manage staff logins and access tokens."""


@staff.command(
    epilog="""\b
    Examples:
      matcher staff add li.na@example.org --name 李娜 --role reviewer
      printf '%s' "$PASSWORD" | matcher staff add li.na@example.org --name 李娜 --password-stdin
      matcher staff add admin@example.org --role admin --if-none""",
)
@click.argument("email")
@click.option("--name", help="Name as colleagues read it.  [default: the address's first part]")
@click.option("--role", type=click.Choice(ROLES), default=StaffRole.REVIEWER.value, show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--if-none", is_flag=True, help="Do nothing where there is staff already: for a first start.")
def add(email: str, name: str | None, role: str, password_stdin: bool, if_none: bool) -> None:
    """Add a member of staff. Without --password-stdin a password is made at random and shown once."""
    settings = load_settings()
    given = _given_password(password_stdin)
    with writing(open_sessions(settings)) as session:
        if if_none and any_staff(session):
            click.echo(word("staff-exists", settings.language))
            return
        password = given if given is not None else random_password()
        chosen = StaffRole(role)
        added = add_staff(session, email, name or email.split("@")[0], chosen, password, actor=ADD_ACTOR)
    click.echo(word("staff-added", settings.language, email=added.email, role=label(chosen, settings.language)))
    if given is None:
        click.echo(word("password-once", settings.language, password=password))


@staff.command(
    epilog="""\b
    Examples:
      matcher staff token li.na@example.org --name nightly-export --expires-days 90""",
)
@click.argument("email")
@click.option("--name", required=True, help="What the token is for.")
@click.option(
    "--expires-days",
    type=click.IntRange(0, 3650),
    default=TOKEN_DAYS,
    show_default=True,
    help="Days until it ends; 0 for never.",
)
def token(email: str, name: str, expires_days: int) -> None:
    """Issue a bearer token for the API that acts as the member of staff. It is shown once."""
    settings = load_settings()
    ends = utcnow() + timedelta(days=expires_days) if expires_days else None
    with writing(open_sessions(settings)) as session:
        _, secret = issue_token(session, _member(session, email), name, actor=TOKEN_ACTOR, expires_at=ends)
    click.echo(word("token-once", settings.language, secret=secret))
    if ends:
        click.echo(word("token-ends", settings.language, ends=f"{ends:%Y-%m-%d}"))


@staff.command(
    epilog="""\b
    Examples:
      matcher staff tokens li.na@example.org
      matcher staff tokens li.na@example.org --json""",
)
@click.argument("email")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def tokens(email: str, as_json: bool) -> None:
    """List the tokens of a member of staff, newest first; their secrets are kept nowhere."""
    settings = load_settings()
    language = settings.language
    with reading(open_sessions(settings)) as session:
        held = list_tokens(session, _member(session, email))
    if as_json:
        names = ("name", "created_at", "expires_at", "last_used_at", "revoked_at")
        print_json([{name: _json_value(getattr(token, name)) for name in names} for token in held])
        return
    if not held:
        click.echo(word("no-tokens", language))
        return
    table = new_table(*(word(code, language) for code in ("token-name", "issued", "expires", "last-used", "revoked")))
    for token in held:
        times = (token.created_at, token.expires_at, token.last_used_at, token.revoked_at)
        table.add_row(token.name, *map(_minute, times))
    console().print(table)


@staff.command(
    epilog="""\b
    Examples:
      matcher staff revoke li.na@example.org nightly-export""",
)
@click.argument("email")
@click.argument("name")
def revoke(email: str, name: str) -> None:
    """End the tokens with this name of a member of staff, at once and for good."""
    settings = load_settings()
    with writing(open_sessions(settings)) as session:
        named = list_tokens(session, _member(session, email), name)
        if not named:
            raise NotFoundError("token", name)
        # Where all have ended, revoking one of them again says so.
        for token in [token for token in named if not token.revoked_at] or named[:1]:
            revoke_token(session, token, actor=REVOKE_ACTOR)
    click.echo(word("token-revoked", settings.language, name=name))


@staff.command(
    epilog="""\b
    Examples:
      matcher staff password li.na@example.org
      printf '%s' "$PASSWORD" | matcher staff password li.na@example.org --password-stdin""",
)
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def password(email: str, password_stdin: bool) -> None:
    """Set a new password and log the member of staff out everywhere; tokens stay.

    Without --password-stdin the password is made at random and shown once.
    """
    settings = load_settings()
    given = _given_password(password_stdin)
    chosen = given if given is not None else random_password()
    with writing(open_sessions(settings)) as session:
        member = _member(session, email)
        change_password(session, member, chosen, actor=PASSWORD_ACTOR)
    click.echo(word("password-changed", settings.language, email=member.email))
    if given is None:
        click.echo(word("password-once", settings.language, password=chosen))


@staff.command(
    "list",
    epilog="""\b
    Examples:
      matcher staff list
      matcher staff list --json""",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_all(as_json: bool) -> None:
    """List all members of staff."""
    settings = load_settings()
    language = settings.language
    with reading(open_sessions(settings)) as session:
        members = list_staff(session)
    if as_json:
        print_json([{"email": m.email, "name": m.name, "role": m.role, "active": m.active} for m in members])
        return
    if not members:
        click.echo(word("no-staff", language))
        return
    table = new_table(*(word(code, language) for code in ("email", "name", "role", "active", "last-login")))
    for member in members:
        active = word("yes" if member.active else "no", language)
        table.add_row(member.email, member.name, label(member.role, language), active, _minute(member.last_login_at))
    console().print(table)


def _member(session: Session, email: str) -> Staff:
    member = by_email(session, email)
    if member is None:
        raise NotFoundError("staff", email)
    return member


def _given_password(from_stdin: bool) -> str | None:
    return sys.stdin.read().rstrip("\r\n") if from_stdin else None


def _minute(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M}" if time else "—"


def _json_value(value: str | datetime | None) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else value
