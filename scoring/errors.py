"""What can go wrong inside the engine."""


class ScoringError(Exception):
    """Base of every failure of the engine."""


class WeightsError(ScoringError):
    """Weights or settings outside their range."""


class ProfileError(ScoringError):
    """A profile the engine cannot take, such as two with the same id."""


class IndexFormatError(ScoringError):
    """An index file of another format or version, or one that is damaged."""
