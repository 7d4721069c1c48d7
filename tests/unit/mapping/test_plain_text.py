"""What is called clean from its bytes is what cleaning would leave as it is."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.mapping.cleaning import clean
from hub.mapping.plain_text import is_clean

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("甲、（）·“”…Ａe\u0301\u3000\u200b가\u1161")
)


def called_clean(text: str) -> bool:
    return is_clean(text.encode() + bytes(3))


@given(st.lists(TEXTS, min_size=1, max_size=5))
@example(["e", "\u0301"])
@example(["\u1100", "\u1161"])
def test_texts_called_clean_together_are_clean_one_by_one(texts: list[str]) -> None:
    joined = "".join(texts)
    if all(ord(character) >= 32 for character in joined) and called_clean(joined):
        assert [clean(text) for text in texts] == [text.strip(" ") for text in texts]
        assert unicodedata.normalize("NFC", joined) == joined


@pytest.mark.parametrize(
    "text", ["建筑工程施工许可证核发（7）", "洛阳市·西工区、“王府井”…", "𠮷野家", "Ａ１ abc", ""]
)
def test_plain_chinese_is_called_clean(text: str) -> None:
    assert called_clean(text)


@pytest.mark.parametrize("odd", ["\x7f", "\u3000", "\u200b", "e\u0301", "\ufeff", "\u2028", "\uf900"])
def test_what_cleaning_might_change_is_not(odd: str) -> None:
    assert not called_clean("甲" + odd + "乙")
