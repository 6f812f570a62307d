"""Commands for exchange staff: logins and tokens."""

import sys
from datetime import timedelta

import click

from matcher.actions.passwords import random_password
from matcher.actions.staff import add_staff, issue_token
from matcher.codes.labels import label
from matcher.commands.context import load_settings, open_sessions
from matcher.commands.output import console, new_table, print_json
from matcher.commands.words import word
from matcher.database import utcnow
from matcher.errors import NotFoundError
from matcher.queries.staff import any_staff, by_email, list_staff
from matcher.states import StaffRole
from matcher.transaction import reading, writing

ROLES = [role.value for role in StaffRole]
ADD_ACTOR, TOKEN_ACTOR = "command:staff-add", "command:staff-token"


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
    given = sys.stdin.read().rstrip("\r\n") if password_stdin else None
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
@click.option("--expires-days", type=click.IntRange(1, 3650), help="Days until it ends.  [default: never]")
def token(email: str, name: str, expires_days: int | None) -> None:
    """Issue a bearer token for the API that acts as the member of staff. It is shown once."""
    settings = load_settings()
    ends = utcnow() + timedelta(days=expires_days) if expires_days else None
    with writing(open_sessions(settings)) as session:
        member = by_email(session, email)
        if member is None:
            raise NotFoundError("staff", email)
        _, secret = issue_token(session, member, name, actor=TOKEN_ACTOR, expires_at=ends)
    click.echo(word("token-once", settings.language, secret=secret))


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
        seen = f"{member.last_login_at:%Y-%m-%d %H:%M}" if member.last_login_at else "—"
        active = word("yes" if member.active else "no", language)
        table.add_row(member.email, member.name, label(member.role, language), active, seen)
    console().print(table)
