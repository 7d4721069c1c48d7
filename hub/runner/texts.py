"""Raw records as they came over the wire; those that are not UTF-8 give way to what says so.

Told here and not by the plugin's process, which has the most to do of all, and need not be believed.
"""

import msgspec

from hub.wire import malformed


def in_utf8(raws: list[bytes]) -> list[bytes]:
    """The same records, the broken ones replaced; a mapping refuses those and names their reason."""
    from hub.model.utf8 import is_utf8  # not above, because it loads pyarrow: there may be no records at all

    if not raws or is_utf8(b"\n".join(raws)):
        return raws
    return [_told(raw) for raw in raws]


def _told(raw: bytes) -> bytes:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return msgspec.json.encode(malformed(f"not UTF-8 at byte {error.start}", raw))
    return raw
