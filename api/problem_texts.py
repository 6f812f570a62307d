"""What each problem says to people, in the language of the request."""

from enum import StrEnum

from api.language import _
from api.words import label
from matcher.errors import AmbiguousReferenceError, IllegalMoveError, NotFoundError


def title(code: str) -> str:
    """A short name of the kind of problem; the same for every occurrence (RFC 9457)."""
    titles = {
        "ambiguous-reference": _("The reference is used more than once"),
        "bad-request": _("The request cannot be understood"),
        "conflict": _("Not possible as things stand"),
        "csrf-failed": _("The form has expired"),
        "database-unavailable": _("The database cannot be reached"),
        "forbidden": _("Not allowed"),
        "illegal-move": _("Not possible in this state"),
        "internal-error": _("Something went wrong on our side"),
        "invalid-input": _("Something in the input is not right"),
        "method-not-allowed": _("Method not allowed"),
        "not-found": _("Not found"),
        "not-signed-in": _("Please sign in"),
        "stale-version": _("Somebody else was faster"),
        "too-large": _("The request is too large"),
        "too-many-guesses": _("Too many attempts"),
        "unsupported-media-type": _("Unsupported media type"),
    }
    return titles[code]


def detail(code: str, error: Exception | None = None) -> str:
    """What happened this time and what to do."""
    if isinstance(error, NotFoundError):
        return _("There is no %(kind)s %(key)s.", kind=kind_name(error.kind), key=error.key)
    if isinstance(error, AmbiguousReferenceError):
        ids = ", ".join(error.ids)
        return _("Several organisations use the reference %(ref)s. Use one of the ids: %(ids)s", ref=error.ref, ids=ids)
    if isinstance(error, IllegalMoveError):
        current, target = _state(error.current), _state(error.target)
        return _("It is “%(current)s” and cannot become “%(target)s”.", current=current, target=target)
    details = {
        "bad-request": _("Check the request and send it again."),
        "conflict": _("The need or the product is closed, or has changed meanwhile. Load it again and look."),
        "csrf-failed": _("Its security token is missing or too old. Load the page again and repeat what you did."),
        "database-unavailable": _("Try again in a moment. If this goes on, tell whoever runs this system."),
        "forbidden": _("Your role does not allow this. An administrator can change your role."),
        "internal-error": _("It has been written to the log. Try again, or tell whoever runs this system."),
        "invalid-input": _("Each entry of errors names a field and what would be right."),
        "method-not-allowed": _("This address does not take this method."),
        "not-found": _("There is nothing at this address."),
        "not-signed-in": _("Sign in on the console, or send a staff token as Authorization: Bearer."),
        "stale-version": _("This has changed since you looked at it. Load it again, look, then decide."),
        "too-large": _("A request may have at most 1 MB."),
        "too-many-guesses": _("Wait a little before you try again."),
        "unsupported-media-type": _("Send JSON with Content-Type: application/json."),
    }
    return details[code]


def kind_name(kind: str) -> str:
    """The word for a kind of row."""
    names = {
        "decision": _("decision"),
        "match": _("match"),
        "need": _("need"),
        "organisation": _("organisation"),
        "product": _("product"),
        "run": _("run"),
        "scenario": _("scenario"),
        "staff": _("staff member"),
    }
    return names.get(kind, kind)


def field_message(message: str) -> str:
    """The text for the message of a schema of this API: a code and, after a colon, what would be right."""
    expected = message.partition(":")[2]
    texts = {
        "control-characters": _("This holds control characters or half characters."),
        "invalid-choice": _("This is none of the possible values: %(values)s.", values=expected),
        "invalid-integer": _("This must be a whole number."),
        "invalid-json": _("This is not valid JSON."),
        "invalid-string": _("This must be text."),
        "null": _("This may not be null."),
        "out-of-range": _("This number must be in the range %(range)s.", range=expected),
        "reason-missing": _("A rejection needs a reason."),
        "reason-not-allowed": _("Only a rejection has a reason."),
        "required": _("This is required."),
        "too-long": _("This is too long: at most %(number)s characters.", number=expected),
        "unknown-field": _("There is no such field."),
    }
    return texts.get(field_code(message), _("This value is not right."))


def _state(state: str) -> str:
    return label(state) if isinstance(state, StrEnum) else state


def field_code(message: str) -> str:
    """The code in a schema's message; what comes from libraries in English becomes a code here."""
    from_libraries = {"Unknown field.": "unknown-field", "Invalid JSON body.": "invalid-json"}
    if message in from_libraries:
        return from_libraries[message]
    code = message.partition(":")[0]
    return code if code.replace("-", "").isalpha() and code.islower() else "invalid"
