"""Both catalogues are complete: nothing missing, nothing untranslated, nothing left over."""

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from hub import i18n
from hub.audit.reasons import reason_texts
from hub.cli.sentences import SENTENCES

HUB = Path(i18n.__file__).parent
KEYWORDS = {"gettext": None, "ngettext": (1, 2), "N_": None}
PLACEHOLDER = re.compile(r"\{\w*(?:![rs])?\}")


def wanted() -> set[str]:
    """Every message id of the code, and those that rooms hand over as data."""
    found = set(reason_texts().values())
    for _, _, message, _, _ in extract_from_dir(HUB, [("**.py", "python")], keywords=KEYWORDS):
        found.add(message if isinstance(message, str) else message[0])
    return found


def catalogue(language: str) -> Catalog:
    with (HUB / "locale" / language / "LC_MESSAGES" / "hub.po").open("rb") as file:
        return read_po(file)


def messages(language: str) -> dict[str, Message]:
    return {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalogue(language) if m.id}


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_catalogue_has_exactly_the_messages_of_the_code(language: str) -> None:
    assert set(messages(language)) == wanted()
    assert not catalogue(language).obsolete


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_no_message_is_translated_twice(language: str) -> None:
    """Whoever reads the file would see only one of them."""
    text = (HUB / "locale" / language / "LC_MESSAGES" / "hub.po").read_text("utf-8")
    ids = re.findall(r'^msgid ((?:".*"\n)+)', text, re.MULTILINE)
    assert len(ids) > 1000
    assert [one for one, times in Counter(ids).items() if times > 1] == []


def test_no_sentence_is_listed_twice() -> None:
    assert [one for one, times in Counter(SENTENCES).items() if times > 1] == []


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_message_is_translated_and_none_is_fuzzy(language: str) -> None:
    unfinished = [i for i, m in messages(language).items() if m.fuzzy or not all(strings(m))]
    assert unfinished == []


def test_a_chinese_text_has_no_placeholder_its_english_one_lacks() -> None:
    for message in messages("zh_CN").values():
        allowed = set(
            PLACEHOLDER.findall("".join([message.id] if isinstance(message.id, str) else message.id))
        )
        assert set(PLACEHOLDER.findall("".join(strings(message)))) <= allowed, message.id


def test_chinese_is_chinese() -> None:
    plain = [i for i, m in messages("zh_CN").items() if not re.search(r"[一-鿿，：（]", "".join(strings(m)))]
    assert plain == ["{length} {unit}"]


@pytest.mark.parametrize(
    ("asked", "env", "language"),
    [
        ("en", {"HUB_LANG": "zh_CN"}, "en"),
        ("zh", {}, "zh_CN"),
        (None, {"HUB_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LANG": "en_GB.UTF-8"}, "en"),
        (None, {"LC_ALL": "C", "LANG": "en_US.UTF-8"}, "zh_CN"),
        (None, {"LANG": "POSIX"}, "zh_CN"),
        (None, {"LANG": "de_DE.UTF-8"}, "zh_CN"),
        (None, {}, "zh_CN"),
    ],
)
def test_the_language_is_the_first_one_named(asked: str | None, env: dict[str, str], language: str) -> None:
    assert i18n.choose_language(asked, env) == language


def test_a_checkout_without_compiled_catalogues_still_speaks_chinese(tmp_path: Path) -> None:
    folder = tmp_path / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    po = HUB / "locale" / "zh_CN" / "LC_MESSAGES" / "hub.po"
    (folder / "hub.po").write_bytes(po.read_bytes())
    assert i18n.compiled_catalogues(tmp_path) == tmp_path
    assert (folder / "hub.mo").stat().st_size > 1000


def test_a_changed_catalogue_is_compiled_again(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    po = folder / "hub.po"
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "a"\nmsgstr "b"\n')
    i18n.compiled_catalogues(tmp_path)
    before = (folder / "hub.mo").read_bytes()
    later = (folder / "hub.mo").stat().st_mtime + 10
    po.write_text(po.read_text().replace('"b"', '"changed"'))

    os.utime(po, (later, later))
    i18n.compiled_catalogues(tmp_path)
    assert (folder / "hub.mo").read_bytes() != before


def test_a_folder_that_cannot_be_written_is_spoken_for_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "locale" / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "hub.po").write_bytes((HUB / "locale" / "zh_CN" / "LC_MESSAGES" / "hub.po").read_bytes())
    (folder / f"hub.mo.{os.getpid()}.part").mkdir()  # what is in the way, since root may write anywhere
    elsewhere = i18n.compiled_catalogues(tmp_path / "locale")
    assert elsewhere != tmp_path / "locale"
    assert (elsewhere / "zh_CN" / "LC_MESSAGES" / "hub.mo").is_file()
