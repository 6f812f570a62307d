"""The domain's failures: stable codes that the API maps to statuses and people read in their own language."""

from collections.abc import Sequence
from dataclasses import dataclass


class MatcherError(Exception):
    """Base of every failure of the domain. ``code`` is stable and part of the API."""

    code = "error"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one field: where, which rule, and what would be right."""

    field: str
    message: str
    code: str = "invalid"


class InvalidInputError(MatcherError):
    """Input refused, with every field that is wrong."""

    code = "invalid-input"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.field}: {p.message}" for p in self.problems))


class SettingsError(MatcherError):
    """A MATCHER_* setting that cannot be used."""

    code = "invalid-setting"


class NotFoundError(MatcherError):
    """No such row, or none that the caller may see."""

    code = "not-found"

    def __init__(self, kind: str, key: str) -> None:
        self.kind, self.key = kind, key
        super().__init__(f"no {kind} {key!r}")


class AmbiguousReferenceError(MatcherError):
    """An external_ref that several organisations use."""

    code = "ambiguous-reference"

    def __init__(self, kind: str, ref: str, ids: Sequence[str]) -> None:
        self.kind, self.ref, self.ids = kind, ref, tuple(ids)
        super().__init__(f"{kind} {ref!r} exists {len(ids)} times; use one of the ids {', '.join(ids)}")


class ConflictError(MatcherError):
    """The change meets another one: a taken key or a newer version."""

    code = "conflict"


class StaleVersionError(ConflictError):
    """The caller saw an older version of the row than the present one."""

    code = "stale-version"

    def __init__(self, kind: str, seen: int, present: int) -> None:
        self.kind, self.seen, self.present = kind, seen, present
        super().__init__(f"the {kind} has version {present}; the change was made looking at version {seen}")


class RunUnderWayError(ConflictError):
    """Another process is scoring the library."""

    code = "run-under-way"


class LostLeaseError(ConflictError):
    """Another process took the run over; this one has stopped without writing more."""

    code = "lost-lease"


class WeightsChangedError(ConflictError):
    """Other weights are at work than those that the caller looked at; None: the package's defaults."""

    code = "weights-changed"

    def __init__(self, seen: str | None, present: str | None) -> None:
        self.seen, self.present = seen, present
        super().__init__(f"the weights of {present or 'the package'} are at work, not those of {seen or 'the package'}")


class NothingPromotedError(ConflictError):
    """There is no promotion to roll back."""

    code = "nothing-promoted"


class IllegalMoveError(ConflictError):
    """A state that cannot be reached from the present one."""

    code = "illegal-move"

    def __init__(self, current: str, target: str, legal: Sequence[str]) -> None:
        self.current, self.target, self.legal = current, target, tuple(legal)
        super().__init__(f"cannot go from {current} to {target}; possible: {', '.join(legal) or 'nothing'}")


class ForbiddenError(MatcherError):
    """The caller's role does not allow this."""

    code = "forbidden"
