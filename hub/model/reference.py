"""The reference of unified fields, as Markdown made from the record kinds."""

from typing import Literal

from hub.model.kinds import KINDS, UNITS, Field, RecordKind

Language = Literal["en", "zh"]

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Unified fields",
        "intro": "Every record a mapping yields is one of these kinds. Made from `hub/model/kinds.py`.",
        "head": "| field | type | meaning | |",
        "key": "key",
        "required": "required",
        "personal": "personal",
        "types": "Types",
    },
    "zh": {
        "title": "统一字段",
        "intro": "映射产生的每条记录都属于以下种类之一。由 `hub/model/kinds.py` 生成。",
        "head": "| 字段 | 类型 | 含义 | |",
        "key": "主键",
        "required": "必填",
        "personal": "个人信息",
        "types": "类型",
    },
}
_TYPES: dict[str, tuple[str, str]] = {
    "text": ("text; blank is absent", "文本；空白即缺失"),
    "identifier": ("text that identifies: one line, at most 256 characters", "标识文本：单行，最多 256 字"),
    "integer": ("whole number of 64 bits", "64 位整数"),
    "quantity": ("number, possibly with a fraction", "可带小数的数"),
    "money": ("yuan, kept as whole fen", "元，以分为单位存储"),
    "boolean": ("true or false", "是或否"),
    "instant": (
        "point in time; a date without a time keeps the precision of a day",
        "时刻；只有日期时保留到日",
    ),
    "date": ("date", "日期"),
    "unit": (f"one of {', '.join(UNITS)}", f"{'、'.join(UNITS)} 之一"),
}


def field_reference(language: Language = "en") -> str:
    """All record kinds and their fields, one table each."""
    words = _WORDS[language]
    parts = [f"# {words['title']}", words["intro"]]
    parts += [_kind(kind, language) for kind in KINDS.values()]
    side = 1 if language == "zh" else 0
    types = "\n".join(f"- `{name}`: {texts[side]}" for name, texts in _TYPES.items())
    return "\n\n".join([*parts, f"## {words['types']}", types]) + "\n"


def _kind(kind: RecordKind, language: Language) -> str:
    title = f"## `{kind.name}` {kind.zh}"
    rows = [_row(field, language) for field in kind.fields]
    table = "\n".join([_WORDS[language]["head"], "|---|---|---|---|", *rows])
    return "\n\n".join([title, kind.en, table] if language == "en" else [title, table])


def _row(field: Field, language: Language) -> str:
    words = _WORDS[language]
    marks = [words["key"]] if field.key else [words["required"]] if field.required else []
    marks += [words["personal"]] if field.personal else []
    meaning = f"{field.zh}: {field.en}" if language == "en" else field.zh
    return f"| `{field.name}` | {field.type} | {meaning} | {', '.join(marks)} |"
