"""Weights as a file: what ``matcher learn --out`` writes and ``--weights`` reads."""

import json
from pathlib import Path

from matcher.files import FileProblem, InvalidFileError
from matcher.messages import LANGUAGES, Message
from scoring.errors import WeightsError
from scoring.weights import Weights


def weights_text(weights: Weights) -> str:
    """The file's content."""
    return json.dumps(weights.to_json(), indent=2) + "\n"


def read_weights(path: Path, *, language: str = LANGUAGES[0]) -> Weights:
    """Weights from a JSON object by name; one that it does not name has its default. Raises InvalidFileError."""
    line = None
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
        if not isinstance(data, dict):
            raise WeightsError("not an object")
        return Weights.from_json(data)
    except OSError as error:
        problem = Message("file-unreadable", reason=error.strerror or error)
    except UnicodeDecodeError as error:
        problem = Message("not-utf8", position=error.start + 1)
    except json.JSONDecodeError as error:
        line, problem = error.lineno, Message("not-json", reason=error.msg, column=error.colno)
    except (WeightsError, ValueError, RecursionError) as error:
        problem = Message("weights-unfit", reason=error)
    raise InvalidFileError([FileProblem("", problem.in_language(language), problem.code, path=str(path), line=line)])
