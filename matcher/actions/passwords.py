"""Passwords: which are taken, how they are kept, how one is made at random."""

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matcher.errors import FieldProblem, InvalidInputError

SHORTEST, LONGEST = 8, 128
RANDOM_LENGTH = 16
RANDOM_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without the letters and digits that look alike: a random password is copied from a terminal by people."""

# Of the lists of leaked passwords, what is long enough to pass otherwise; the list guards against the first guesses.
_COMMON_TEXT = """
    12345678 123456789 1234567890 12345678910 0123456789 87654321 987654321 9876543210 11111111 111111111 1111111111
    00000000 000000000 0000000000 88888888 888888888 66666666 99999999 12341234 11223344 1122334455 123123123 147258369
    1234qwer 123qweasd 1qaz2wsx 1qaz2wsx3edc 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y qwertyui qwertyuiop qwerty123 qwerty1234
    asdfghjk asdfghjkl zxcvbnm123 zaq12wsx qazwsxedc abcd1234 abc12345 abcdefgh abcdefg123 a1234567 a12345678 a123456789
    aa123456 aa12345678 woaini1314 woaini520 5201314520 13145200 password password1 password12 password123 passw0rd
    p@ssw0rd p@ssword admin123 admin1234 admin12345 admin123456 admin888 admin@123 administrator root1234 root123456
    welcome1 welcome123 letmein1 iloveyou iloveyou1 sunshine princess football baseball superman trustno1 dragon123
    monkey123 starwars whatever computer internet changeme changeme1 changeme123 default1 guest1234 test1234 test12345
    user1234 guizhou123 guiyang123 matcher123
"""
COMMON = frozenset(_COMMON_TEXT.split())

_hasher = PasswordHasher()
"""argon2-cffi's defaults (RFC 9106, low memory: 64 MiB, 3 passes), above ASVS 5.0's least of 19 MiB and 2 passes."""


def check_password(password: str, *, email: str = "") -> None:
    """Raise InvalidInputError naming the rule that ``password`` breaks. No rules about kinds of characters."""
    text = unicodedata.normalize("NFC", password)
    if not SHORTEST <= len(text) <= LONGEST:
        _refuse(f"give {SHORTEST} to {LONGEST} characters", "length")
    lowered = text.casefold()
    if lowered in COMMON or len(set(lowered)) == 1:
        _refuse("this is one of the most common passwords; choose another", "common")
    if email and lowered in (email.casefold(), email.casefold().split("@")[0]):
        _refuse("the password must differ from the address", "common")


def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    return _hasher.hash(unicodedata.normalize("NFC", password))


def password_holds(kept: str | None, password: str) -> bool:
    """Whether ``password`` has the hash ``kept``. Without one it takes as long: timing gives no login away."""
    if len(password) > LONGEST:
        password, kept = "", None
    try:
        return _hasher.verify(kept or _nobodys_hash(), unicodedata.normalize("NFC", password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(kept)


def random_password() -> str:
    """A password of 93 bits."""
    return "".join(secrets.choice(RANDOM_ALPHABET) for _ in range(RANDOM_LENGTH))


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(random_password())


def _refuse(message: str, code: str) -> None:
    raise InvalidInputError([FieldProblem("password", message, code)])
