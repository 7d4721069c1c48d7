"""SOAP calls: an envelope out, an element or a fault back; 1.1 and 1.2, in whatever encoding."""

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from hub.errors import AuthError, ConfigError, SourceChanged, SourceError, Unavailable
from hub.sdk.charsets import codec, mended
from hub.sdk.http import Http
from hub.sdk.reply import Reply
from hub.sdk.xmltree import declared_encoding, find_all, local, parse

_ENVELOPES = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
_REFUSED = ("auth", "credential", "password", "token", "denied", "未授权", "认证", "密码", "令牌")
_OURS = ("client", "sender", "versionmismatch", "mustunderstand")


class Soap:
    """The service of one source."""

    def __init__(self, config: Mapping[str, Any], http: Http) -> None:
        self._http = http
        self._url = str(config.get("url", ""))
        self._version = str(config.get("version", "1.1"))
        self._namespace = str(config.get("namespace") or "")
        if self._version not in _ENVELOPES:
            raise ConfigError(f"SOAP version {self._version!r} is unknown", remedy='write "1.1" or "1.2"')

    def call(
        self,
        operation: str,
        params: Mapping[str, Any],
        *,
        action: str | None = None,
        charset: str = "utf-8",
        refused: Sequence[str] = (),
    ) -> tuple[Any, str]:
        """The first element of the answer's body, and the address asked; a fault becomes an SDK error.

        ``refused``: words that mark a fault as credentials refused.
        """
        body = self.envelope(operation, params, charset)
        soap_action = (
            action if action is not None else f"{self._namespace.rstrip('/')}/{operation}".lstrip("/")
        )
        reply = self._http.post(
            self._url,
            content=body,
            headers=self._headers(soap_action, charset),
            judge=lambda reply: _raise_fault(reply, refused),
        )
        return _opened(reply), f"{reply.url}#{operation}"

    def _headers(self, action: str, charset: str) -> dict[str, str]:
        if self._version == "1.2":
            return {"Content-Type": f'application/soap+xml; charset={charset}; action="{action}"'}
        return {"Content-Type": f"text/xml; charset={charset}", "SOAPAction": f'"{action}"'}

    def envelope(self, operation: str, params: Mapping[str, Any], charset: str) -> bytes:
        """The request as it goes over the wire."""
        ns = _ENVELOPES[self._version]
        envelope = etree.Element(f"{{{ns}}}Envelope", nsmap={"soap": ns})
        body = etree.SubElement(envelope, f"{{{ns}}}Body")
        name = f"{{{self._namespace}}}{operation}" if self._namespace else operation
        call = etree.SubElement(body, name, nsmap={None: self._namespace} if self._namespace else None)
        _fill(call, params, self._namespace)
        encoding = codec(charset)
        return bytes(etree.tostring(envelope, xml_declaration=True, encoding=encoding))


def _opened(reply: Reply) -> Any:
    """What the envelope holds."""
    root = parse(decoded(reply), reply.url)
    if local(root) != "Envelope":
        raise SourceChanged(f"{reply.url} answered with <{local(root)}> instead of a SOAP envelope")
    children = [e for body in find_all(root, "Body") for e in body if isinstance(e.tag, str)]
    if not children:
        raise SourceChanged(f"{reply.url} answered with an empty SOAP body")
    return children[0]


def _raise_fault(reply: Reply, refused: Sequence[str]) -> None:
    """Raise the fault an answer holds; an error page that is no SOAP is left to its status."""
    if b"Fault" not in reply.body:
        return
    try:
        root = parse(decoded(reply), reply.url)
    except SourceChanged:
        if reply.status >= 400:
            return
        raise
    body = next((e for e in root if isinstance(e.tag, str) and local(e) == "Body"), None)
    for element in body if body is not None else ():
        if isinstance(element.tag, str) and local(element) == "Fault":
            raise _fault(element, reply, refused)


def decoded(reply: Reply) -> bytes:
    """The body as UTF-8: in what the header says, else the declaration, else UTF-8, else GB18030.

    Decoded here and not by lxml, because the C library's tables are of another year, and because a
    wrong declaration is common.
    """
    said = [reply.charset, declared_encoding(reply.body), "utf-8", "gb18030"]
    for name in (name for name in said if name):
        try:
            encoding = codec(name)
            text = mended(reply.body.decode(encoding), encoding)
        except (ConfigError, UnicodeDecodeError):
            continue
        return _without_declaration(text.lstrip("\ufeff")).encode()
    raise SourceChanged(f"{reply.url}: the body is in none of {', '.join(name for name in said if name)}")


def _without_declaration(text: str) -> str:
    text = text.lstrip()
    return text.partition("?>")[2] if text.startswith("<?xml") else text


def _fill(parent: Any, params: Mapping[str, Any], namespace: str) -> None:
    for name, value in params.items():
        child = etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name)
        if isinstance(value, Mapping):
            _fill(child, value, namespace)
        elif value is not None:
            child.text = str(value)


def _fault(fault: Any, reply: Reply, refused: Sequence[str]) -> SourceError:
    """A fault, sorted by what happens next: credentials, our request, or the server's trouble."""
    code = " ".join(
        t for e in find_all(fault, "faultcode") + find_all(fault, "Code") for t in e.itertext()
    ).strip()
    said = " ".join(
        t.strip() for e in find_all(fault, "faultstring") + find_all(fault, "Reason") for t in e.itertext()
    ).strip()
    message = f"{reply.url} answered with a fault: {code}: {said}"[:500]
    words = f"{code} {said}".lower()
    if any(word.lower() in words for word in (*_REFUSED, *refused)):
        return AuthError(message, remedy="check the source's credentials")
    if any(word in code.lower() for word in _OURS):
        return SourceChanged(message, remedy="the operation or its parameters are no longer what was agreed")
    return Unavailable(message)
