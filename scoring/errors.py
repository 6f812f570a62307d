"""What can go wrong inside the engine."""


class ScoringError(Exception):
    """Base of every failure of the engine."""


class WeightsError(ScoringError):
    """Weights or settings outside their range."""


class LearningRefusedError(ScoringError):
    """Learnt weights that must not be put to work: the ``rule`` (scoring.comparison.Rule) and the ``values`` that break
    it."""

    def __init__(self, rule: str, **values: str | float) -> None:
        self.rule, self.values = rule, values
        super().__init__(f"{rule}: {', '.join(f'{name} {value}' for name, value in values.items())}")


class ProfileError(ScoringError):
    """A profile the engine cannot take, such as two with the same id."""


class IndexFormatError(ScoringError):
    """An index file of another format or version, or one that is damaged."""


class EncoderUnavailableError(ScoringError):
    """An encoder that cannot be reached, or whose answer cannot be used: scoring goes on without meaning."""


class RerankerUnavailableError(ScoringError):
    """A reranker that cannot be reached, or whose answer cannot be used: the order stays as it is."""
