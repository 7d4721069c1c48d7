"""Raw records as they came over the wire; those that are not UTF-8 give way to what says so.

Told here and not by the plugin's process, which has the most to do of all, and need not be believed.
"""

from collections.abc import Sequence

import msgspec

from hub.wire import malformed


def in_utf8(raws: Sequence[bytes], doubtful: Sequence[int] | None = None) -> Sequence[bytes]:
    """The same records, the broken ones replaced; a mapping refuses those and names their reason.

    ``doubtful``: where the records are that are looked through; None: all of them.
    """
    from hub.model.utf8 import is_utf8  # not above, because it loads pyarrow: there may be no records at all

    places = range(len(raws)) if doubtful is None else doubtful
    if not places or is_utf8(b"\n".join([raws[place] for place in places])):
        return raws
    mended = list(raws)
    for place in places:
        mended[place] = _told(raws[place])
    return mended


def _told(raw: bytes) -> bytes:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return msgspec.json.encode(malformed(f"not UTF-8 at byte {error.start}", raw))
    return raw
