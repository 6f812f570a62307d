"""统一社会信用代码, the Unified Social Credit Code of GB 32100-2015: 18 characters with a check character."""

import unicodedata

from stdnum.cn import uscc


def normalised_credit_code(text: str) -> str | None:
    """The code in its plain form, ``None`` where it is not one (wrong length, character or check). Never raises."""
    plain: str = uscc.compact(unicodedata.normalize("NFKC", text))
    return plain if plain.isascii() and uscc.is_valid(plain) else None
