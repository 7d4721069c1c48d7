"""Cases as blocks of columns for judging: chunk by chunk, rows folded, children in order of start."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from sqlalchemy import Connection, Engine

from hub.model.blocks import CaseBlock
from hub.model.kinds import STARTS
from hub.store.case_rows import case_rows
from hub.store.child_rows import child_rows
from hub.store.chunks import Chunk, steps
from hub.store.earlier_reports import earlier_reports
from hub.store.engine import reading
from hub.store.hearing import heard_before
from hub.store.joint_rows import member_rows, parents
from hub.store.row_source import Streams, streams_of
from hub.store.surroundings import card_rows, held, known_until, source_names
from hub.store.woken import seen_now


def case_blocks(
    engine: Engine,
    *,
    due_before: int | None = None,
    source: str | None = None,
    known_at: int | None = None,
    chunk: int = 100_000,
) -> Iterator[CaseBlock]:
    """All cases, or those due at or before an instant; with ``known_at`` as the Hub knew them then.

    The next chunk is read while the caller judges this one; no transaction is open meanwhile.
    """
    walk = steps(engine, due_before=due_before, source=source, size=chunk)

    def read() -> tuple[bool, CaseBlock | None]:
        step = next(walk, None)
        if step is None:
            return False, None
        with reading(engine, "reading cases to judge") as connection:
            found = step(connection)
            if found is None or not len(found):
                return True, None
            return True, replace(build_block(connection, found, known_at), seen=seen_now(connection))

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="hub-blocks") as reader:
        going, block = read()  # waited for anyway
        while going:
            pending = reader.submit(read)
            if block is not None and len(block):
                yield block
            going, block = pending.result()


def build_block(connection: Connection, chunk: Chunk, known_at: int | None) -> CaseBlock:
    """Read everything about a chunk's cases."""
    told = streams_of(connection, chunk.source_id)
    if known_at is not None:
        chunk = _known_then(connection, chunk, told, known_at)
    cases = case_rows(connection, chunk, told, known_at, *(("parent_case_no",) if told.any_leads else ()))
    children = {kind: child_rows(connection, kind, chunk, told, known_at) for kind in STARTS}
    children["member"] = member_rows(connection, chunk, told, known_at)
    children["card"] = card_rows(connection, chunk, known_at)
    if (earlier := earlier_reports(connection, chunk, told, known_at)) is not None:
        children["earlier"] = earlier
    first_seen, closed = cases.instants["first_seen_at"], cases.instants["closed_at"]
    heard = heard_before(connection, chunk, told, first_seen, closed)
    return CaseBlock(
        dossier_ids=chunk.ids,
        sources=source_names(chunk, told),
        instants={**cases.instants, "heard_before": heard},
        words=cases.words,
        numbers=cases.numbers,
        known_until=known_until(told, cases.is_told & ~cases.is_withdrawn, known_at),
        held=held(connection, chunk, told, known_at),
        applicant_id_valid=cases.applicant_id_valid,
        parents=parents(connection, chunk, told, cases.words.pop("parent_case_no", None), known_at),
        children=children,
    )


def _known_then(connection: Connection, chunk: Chunk, told: Streams, known_at: int) -> Chunk:
    """The chunk without the cases of which the Hub had no row then."""
    return chunk.only(case_rows(connection, chunk, told, known_at).is_told)
