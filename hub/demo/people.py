"""Applicants and officials with well-formed names and identifiers, made up from random numbers."""

from collections.abc import Callable
from dataclasses import dataclass

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文玉兰志红梅春晓东海燕鹏飞宁浩"
_TRADES = ("商贸", "建材", "机械", "食品", "科技", "置业", "物流", "农业", "医药", "文化传媒", "餐饮", "化工")
_PLACES = ("洛阳", "涧西", "西工", "老城", "瀍河", "洛龙", "偃师", "新安", "孟津", "宜阳", "栾川", "嵩县")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ID_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))
_ID_CHECKS = "10X98765432"

Draw = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies. ``kind`` is person or enterprise, ``id_type`` the identifier's kind."""

    kind: str
    name: str
    id_type: str
    id: str
    phone: str


def credit_code(number: int) -> str:
    """A unified social credit code whose check character holds."""
    body = f"91410300{number % 10**9:09d}"
    total = sum(w * int(c) for w, c in zip(_CREDIT_WEIGHTS, body, strict=True))
    return body + _ALPHABET[(31 - total % 31) % 31]


def citizen_id(number: int) -> str:
    """An 18-digit citizen number whose check digit holds."""
    year, rest = 1950 + number % 40, number // 40
    body = f"410305{year}{rest % 12 + 1:02d}{rest // 12 % 28 + 1:02d}{rest // 336 % 1000:03d}"
    total = sum(w * int(c) for w, c in zip(_ID_WEIGHTS, body, strict=True))
    return body + _ID_CHECKS[total % 11]


def person_name(random: Draw) -> str:
    """A name of two or three characters."""
    given = _GIVEN[int(random() * len(_GIVEN))]
    if random() < 0.7:
        given += _GIVEN[int(random() * len(_GIVEN))]
    return _SURNAMES[int(random() * len(_SURNAMES))] + given


def applicant(number: int, random: Draw) -> Applicant:
    """Applicant ``number``: no two share an identifier."""
    phone = f"139{int(random() * 10**8):08d}"
    if random() < 0.45:
        return Applicant("person", person_name(random), "citizen_id", citizen_id(number), phone)
    place, trade = _PLACES[int(random() * 12)], _TRADES[int(random() * 12)]
    name = f"{place}{person_name(random)}{trade}有限公司"
    return Applicant("enterprise", name, "credit_code", credit_code(number), phone)


def officials(count: int, random: Draw) -> list[str]:
    """Names of one department's officials, all different."""
    names: dict[str, None] = {}
    while len(names) < count:
        names[person_name(random)] = None
    return list(names)


def well_formed(number: str) -> bool:
    """Whether it holds as a citizen number or as a credit code."""
    body, last = number[:-1], number[-1]
    if body.isdigit() and sum(w * int(c) for w, c in zip(_ID_WEIGHTS, body, strict=True)) % 11 == _check(
        last
    ):
        return True
    total = sum(w * _ALPHABET.index(c) for w, c in zip(_CREDIT_WEIGHTS, body, strict=True))
    return _ALPHABET[(31 - total % 31) % 31] == last


def _check(last: str) -> int:
    return _ID_CHECKS.find(last)
