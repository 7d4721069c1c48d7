"""Frames carry records without looking at them, and nothing that is no frame passes for one."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import PluginFault
from hub.wire import Answer, BatchHead, Final, frame, pack_records, read_frame, unpack_records


def reader(data: bytes):
    return io.BytesIO(data).read


def packed(records) -> bytes:
    body = bytearray(b"what was sent before")
    pack_records(records, body)
    return bytes(body)


@given(st.lists(st.binary(max_size=50)))
def test_records_arrive_as_they_were_sent(records):
    head = BatchHead("cases", len(records), "origin", "7", {"a": "b"}, True)
    received, body = read_frame(reader(b"".join(frame(head, [packed(records)]))))
    assert received == head
    assert unpack_records(received.count, body) == records


@pytest.mark.parametrize("count", [0, 15, 16, 65_535, 65_536])
def test_any_number_of_records_arrives(count):
    assert unpack_records(count, packed([b"{}"] * count)) == [b"{}"] * count


def test_the_end_between_two_frames_is_no_fault():
    assert read_frame(reader(b"")) is None


@given(st.binary(min_size=1, max_size=200))
def test_garbage_is_named(data):
    with pytest.raises(PluginFault, match="the plugin's process sent"):
        read_frame(reader(data))


@given(st.integers(min_value=1))
def test_a_frame_cut_short_anywhere_is_a_fault(cut):
    data = b"".join(frame(Final({"a": 1}, {"a": True}), [b"xyz"]))
    with pytest.raises(PluginFault):
        read_frame(reader(data[: cut % len(data) or 1]))


@given(st.data())
def test_a_flipped_byte_never_raises_anything_but_a_fault(data):
    whole = bytearray(b"".join(frame(BatchHead("cases", 2), [packed([b"12", b"3"])])))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        head, body = read_frame(reader(bytes(whole)))
        unpack_records(getattr(head, "count", 0), body)
    except PluginFault:
        pass


def test_a_frame_too_large_is_refused_before_it_is_read():
    import struct

    with pytest.raises(PluginFault, match="kind 2"):
        read_frame(reader(struct.pack("<4sBIQ", b"HUB\x01", 2, 0, 1 << 60)))


@pytest.mark.parametrize("count", [-1, 0, 1, 3, 1 << 32, 1 << 40])
def test_a_body_of_another_number_of_records_is_a_fault(count):
    with pytest.raises(PluginFault, match="begin"):
        unpack_records(count, packed([b"12", b"3"]))


@pytest.mark.parametrize(
    "body",
    [
        packed([b"12", b"3"])[:-1],
        packed([b"12", b"3"]) + b"x",
        b"\x92\xa212\xc4\x013",
        b"\x92\x01\x02",
        b"\x92\x92\x92",
        b"\x92" + b"\xc6\xff\xff\xff\xff" * 2,
    ],
)
def test_a_body_that_is_no_list_of_records_is_a_fault(body):
    with pytest.raises(PluginFault, match="hold 2"):
        unpack_records(2, body)


def test_an_answer_carries_one_byte_for_each_record():
    assert read_frame(reader(b"".join(frame(Answer(True), [b"\1\2\3"])))) == (Answer(True), b"\1\2\3")
