"""Numbers of data-IP registration certificates 数据知识产权登记证书.

``national``: ``SZ`` + year (4) + province (2) + serial (7) + ``.`` + check, where the check character is the sum of the
13 digits modulo 11, ``X`` for 10 (holds for all 16 numbers in the published cases). ``guizhou``: ``GZ`` + 13 digits, no
check. Other provinces have forms of their own: an unrecognised one is for staff to look at, never a reason to refuse.
"""

import re
import unicodedata
from dataclasses import dataclass

NATIONAL, GUIZHOU = "national", "guizhou"

_NATIONAL = re.compile(r"SZ(?P<year>\d{4})(?P<province>\d{2})(?P<serial>\d{7})\.(?P<check>[\dX])", re.ASCII)
_GUIZHOU = re.compile(r"GZ(?P<year>\d{4})(?P<serial>\d{9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class RegistrationNumber:
    """A number as far as it could be read.

    ``text``: normalised (one width, capitals, no spaces). ``form``: ``None`` where unrecognised. ``province``: the two
    digits as printed. ``check_holds``: ``None`` where the form has no check character.
    """

    text: str
    form: str | None = None
    year: int | None = None
    province: str | None = None
    serial: str | None = None
    recognised: bool = False
    check_holds: bool | None = None


def parse_registration_number(text: str) -> RegistrationNumber:
    """Read a number. Never raises: an unknown form gives ``recognised=False``."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper().replace("。", ".")
    if match := _NATIONAL.fullmatch(plain):
        digits = match["year"] + match["province"] + match["serial"]
        return RegistrationNumber(
            plain,
            NATIONAL,
            int(match["year"]),
            match["province"],
            match["serial"],
            recognised=True,
            check_holds=check_character(digits) == match["check"],
        )
    if match := _GUIZHOU.fullmatch(plain):
        return RegistrationNumber(plain, GUIZHOU, int(match["year"]), None, match["serial"], recognised=True)
    return RegistrationNumber(plain)


def check_character(digits: str) -> str:
    """The check character of 13 ASCII digits: their sum modulo 11, ``X`` for 10."""
    remainder = sum(map(int, digits)) % 11
    return "X" if remainder == 10 else str(remainder)
