"""What of a need is wanted. Buyers begin with who they are and what for, and the data they want comes last."""

import re

_WANT = re.compile(
    "想要|需要|想买|想知道|想掌握|掌握|想了解|希望|寻找|求购|采购|(?<![需要请征寻])求|(?<![重主首摘次])要(?![求素])|有没有"
    "|look(?:s|ing)? for|want|need(?:s|ed)?"
)
_SHORTEST = 5
"""Letters that must follow the word of wanting; fewer say nothing by themselves."""


def wanted(text: str) -> str:
    """What follows the first word of wanting in a normalised text; all of it where there is none."""
    found = _WANT.search(text)
    return text[found.end() :] if found and len(text) - found.end() >= _SHORTEST else text
