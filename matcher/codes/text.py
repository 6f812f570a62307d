"""How source words are read before they are looked up: one width, one case, one form of spaces."""

import unicodedata


def folded(text: str) -> str:
    """``text`` in NFKC (full-width digits and letters become plain), lower case, ends trimmed."""
    return unicodedata.normalize("NFKC", text).casefold().strip()
