"""XML without its dangers: no document types, no entities, no network; elements as plain objects."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from hub.errors import SourceChanged
from hub.sdk.charsets import Utf8Reader
from hub.sdk.encoding import encode_all
from hub.sdk.pages import Stream

_PAGE = 1_000
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
}


def parse(body: bytes, where: str) -> Any:
    """The root element of a document; SourceChanged where it is none, or declares a document type."""
    try:
        root = etree.fromstring(body, etree.XMLParser(**_SAFE))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise SourceChanged(f"{where}: no XML: {error}") from error
    if root is None:
        raise SourceChanged(f"{where}: no XML: the document is empty")
    _refuse_doctype(root.getroottree().docinfo, where)
    return root


def _refuse_doctype(docinfo: Any, where: str) -> None:
    if docinfo.doctype:
        raise SourceChanged(
            f"{where}: a document type is declared; refused", remedy="deliver XML without DOCTYPE"
        )


def local(element: Any) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(element).localname)


def to_record(element: Any) -> Any:
    """Text for a leaf (None where empty), an object otherwise; repeated children become lists."""
    children = [child for child in element if isinstance(child.tag, str)]
    text = (element.text or "").strip() if children else (element.text or "")
    if not children and not element.attrib:
        return text or None
    record: dict[str, Any] = {f"@{etree.QName(k).localname}": str(v) for k, v in element.attrib.items()}
    if text:
        record["#text"] = text
    for child in children:
        name, value = local(child), to_record(child)
        if name in record and isinstance(record[name], _Many):
            record[name].append(value)
        elif name in record:
            record[name] = _Many([record[name], value])
        else:
            record[name] = value
    return record


class _Many(list[Any]):
    """The values of a repeated element; apart from a list that is a value itself."""


def find_all(root: Any, path: str) -> list[Any]:
    """The elements a path of local names leads to, wherever its first name stands."""
    first, *others = path.split("/")
    found = [e for e in root.iter() if isinstance(e.tag, str) and local(e) == first]
    for name in others:
        found = [child for e in found for child in e if isinstance(child.tag, str) and local(child) == name]
    return found


def as_object(element: Any) -> dict[str, Any]:
    """A record out of an element, even one that holds only text."""
    record = to_record(element)
    return record if isinstance(record, dict) else {"#text": record}


def declared_encoding(start: bytes) -> str | None:
    """What an XML declaration says, if there is one."""
    head = start.lstrip(b"\xef\xbb\xbf \r\n\t")[:200].partition(b"?>")[0]
    if not head.startswith(b"<?xml") or b"encoding" not in head:
        return None
    value = head.partition(b"encoding")[2].strip(b" =")
    return value[1:].partition(value[:1])[0].decode("ascii", "replace") or None


def read_xml(file: Utf8Reader, stream: Stream, name: str) -> Iterator[list[bytes]]:
    """Pages of records out of a file, in bounded memory; what came before a fault is kept."""
    wanted = str(stream.get("record", "") or "").rpartition("/")[2]
    page: list[Any] = []
    try:
        for element in _elements(file, wanted, name):
            page.append(as_object(element))
            if len(page) >= _PAGE:
                yield encode_all(page)
                page = []
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        yield encode_all(page)
        raise SourceChanged(f"{name}: no XML from here on: {error}") from error
    if page:
        yield encode_all(page)


def _elements(file: Utf8Reader, wanted: str, name: str) -> Iterator[Any]:
    depth = 0
    for event, element in etree.iterparse(file, events=("start", "end"), encoding="utf-8", **_SAFE):
        if event == "start":
            if depth == 0:
                _refuse_doctype(element.getroottree().docinfo, name)
            depth += 1
            continue
        depth -= 1
        if local(element) == wanted if wanted else depth == 1:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
