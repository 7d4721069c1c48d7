"""Identifiers of persons and bodies: whether their check digits hold."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hub.model.arrow_column import ArrowColumn

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
_USCC_VALUE = {char: value for value, char in enumerate(_USCC_ALPHABET)}
_USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_PERSON_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))  # GB 11643: ISO 7064 MOD 11-2
_PERSON_CHECKS = "10X98765432"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
_PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
_PERSON_18 = re.compile(r"[0-9]{17}[0-9X]")
_ORG = re.compile(r"([0-9A-Z]{8})-?([0-9X])")


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether an identifier holds; ``why`` names the rule it passed or failed."""

    ok: bool
    why: str


def check(identifier: str) -> Validity:
    """Tell the type by its shape and check it."""
    text = identifier.upper()
    if len(text) == 18:
        person = check_person(text) if _PERSON_18.fullmatch(text) else None
        return person if person and person.ok else _either(person, check_uscc(text))
    if len(text) == 15 and text.isascii() and text.isdigit():
        person = check_person(text)
        return person if person.ok else _either(person, check_registration(text))
    if len(text) == 13 and text.isascii() and text.isdigit():
        return Validity(True, "registration number of 13 digits, which has no check digit")
    if _ORG.fullmatch(text):
        return check_organisation(text)
    return Validity(False, f"{len(text)} characters are of no known identifier")


def _either(person: Validity | None, other: Validity) -> Validity:
    return other if other.ok or person is None else Validity(False, f"{person.why}; {other.why}")


def check_uscc(text: str) -> Validity:
    """统一社会信用代码, GB 32100: 18 characters, the last a check; prefixes may be letters."""
    if len(text) != 18 or any(char not in _USCC_VALUE for char in text):
        return Validity(False, "credit code: characters outside its alphabet")
    total = sum(_USCC_VALUE[char] * weight for char, weight in zip(text, _USCC_WEIGHTS, strict=False))
    if _USCC_ALPHABET[(31 - total % 31) % 31] != text[17]:
        return Validity(False, "credit code: check character is wrong")
    return Validity(True, "credit code")


def check_person(text: str) -> Validity:
    """身份证, GB 11643: 18 characters, or the 15 digits of before 1999."""
    old = len(text) == 15
    if not (_PERSON_18.fullmatch(text) or (old and text.isascii() and text.isdigit())):
        return Validity(False, "identity number: not 15 digits, nor 17 and a check character")
    if not _PROVINCES.fullmatch(text[:2]):
        return Validity(False, "identity number: no such province")
    born = f"19{text[6:12]}" if old else text[6:14]
    try:
        date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        return Validity(False, "identity number: no such date of birth")
    if old:
        return Validity(True, "identity number of 15 digits")
    total = sum(int(char) * weight for char, weight in zip(text, _PERSON_WEIGHTS, strict=False))
    if _PERSON_CHECKS[total % 11] != text[17]:
        return Validity(False, "identity number: check character is wrong")
    return Validity(True, "identity number")


def check_organisation(text: str) -> Validity:
    """组织机构代码, GB 11714: eight characters, a hyphen or none, one check character."""
    match = _ORG.fullmatch(text)
    if match is None:
        return Validity(False, "organisation code: not eight characters and a check character")
    total = sum(int(char, 36) * weight for char, weight in zip(match[1], _ORG_WEIGHTS, strict=True))
    if "0123456789X0"[11 - total % 11] != match[2]:
        return Validity(False, "organisation code: check character is wrong")
    return Validity(True, "organisation code")


def check_registration(text: str) -> Validity:
    """工商注册号 of 15 digits, the last a check by ISO 7064 MOD 11,10 (GS 15)."""
    product = 10
    for char in text[:14]:
        total = (product + int(char)) % 10 or 10
        product = total * 2 % 11
    if (product + int(text[14])) % 10 != 1:
        return Validity(False, "registration number: check digit is wrong")
    return Validity(True, "registration number")


def validity_column(identifiers: Sequence[str | None]) -> Sequence[int | None]:
    """For a column of identifiers 1 valid, 0 not, None absent; those of 18 characters are checked at once."""
    if isinstance(identifiers, ArrowColumn):
        return _validities(identifiers)
    rows: Sequence[int] = range(len(identifiers))
    sure = _sure(identifiers)
    if sure is None:
        rows = [row for row, text in enumerate(identifiers) if text is not None and len(text) == 18]
        sure = _sure([identifiers[row] for row in rows])
    found: list[int | None] = [None] * len(identifiers)
    if sure is not None:
        for row, holds in zip(rows, sure.tolist(), strict=True):
            found[row] = int(holds)
    for row in [row for row, holds in enumerate(found) if holds != 1]:
        text = identifiers[row]
        found[row] = None if text is None else int(check(text).ok)
    return found


def _validities(identifiers: ArrowColumn) -> ArrowColumn:
    """The same of a column outside of Python: only of what is not surely right the texts are made."""
    found = np.zeros(len(identifiers), np.int64)
    rows = np.flatnonzero(np.diff(identifiers.offsets) == 18)
    whole = len(rows) == len(found)
    sure = _sure(identifiers if whole else ArrowColumn(identifiers.array.take(pa.array(rows))))
    if sure is not None:
        found[rows] = sure
    given = identifiers.array.is_valid().to_numpy(zero_copy_only=False)
    unsure = np.flatnonzero((found == 0) & given)
    texts = identifiers.array.take(pa.array(unsure)).to_pylist()
    found[unsure] = [check(text).ok for text in texts]
    return ArrowColumn.of_integers(found, None if identifiers.whole else ~given)


def _sure(identifiers: Sequence[str | None]) -> NDArray[np.bool_] | None:
    """Whether each certainly holds; None where not all are 18 ASCII characters."""
    rows = _characters(identifiers)
    if rows is None:
        return None
    sure = _sure_persons(rows)
    others = np.flatnonzero(~sure)
    if len(others):
        values = _USCC_TABLE[rows[others, :18]]
        total = (values[:, :17] @ np.array(_USCC_WEIGHTS, np.float64)).astype(np.int64)
        sure[others] = (values >= 0).all(axis=1) & ((31 - total % 31) % 31 == values[:, 17])
    return sure


def _characters(identifiers: Sequence[str | None]) -> NDArray[np.uint8] | None:
    """A row of characters for each; None where not all are 18 ASCII characters."""
    if not identifiers or None in identifiers:
        return None
    if isinstance(identifiers, ArrowColumn):
        whole = (np.diff(identifiers.offsets) == 18).all()
        rows = np.frombuffer(identifiers.body, np.uint8)
        return rows.reshape(-1, 18) if whole and (rows < 128).all() else None
    joined = "\n".join(cast("Sequence[str]", identifiers)) + "\n"
    if not joined.isascii() or len(joined) != 19 * len(identifiers):
        return None
    rows = np.frombuffer(joined.encode(), np.uint8).reshape(-1, 19)
    return rows[:, :18] if (rows[:, 18] == ord("\n")).all() else None


def _sure_persons(rows: NDArray[np.uint8]) -> NDArray[np.bool_]:
    digits = np.ascontiguousarray(rows.T) - np.uint8(48)
    plain = (digits[:17] <= 9).all(axis=0)
    total = np.zeros(len(rows), np.uint16)
    for digit, weight in zip(digits, _PERSON_WEIGHTS, strict=False):
        total += digit * np.uint8(weight)
    good = plain & (_PERSON_CHECK_BYTES[total % 11] == rows[:, 17])
    province, century, month, day = (digits[i] * np.uint8(10) + digits[i + 1] for i in (0, 6, 10, 12))
    # Days that every year has: the others, and provinces unheard of, are left to check().
    good &= (century >= 18) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 28)
    return np.asarray(good & _KNOWN_PROVINCE[province * plain])


_PERSON_CHECK_BYTES = np.frombuffer(_PERSON_CHECKS.encode(), np.uint8)
_KNOWN_PROVINCE = np.array([_PROVINCES.fullmatch(f"{code:02}") is not None for code in range(100)])
_USCC_TABLE = np.array([_USCC_VALUE.get(chr(code), -1) for code in range(256)], np.float64)
