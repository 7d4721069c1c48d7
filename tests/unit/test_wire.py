"""Frames carry records without looking at them, and nothing that is no frame passes for one."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import PluginFault
from hub.wire import Answer, BatchHead, Final, frame, lengths_of, read_frame, slice_records


def reader(data: bytes):
    return io.BytesIO(data).read


@given(st.lists(st.binary(max_size=50)))
def test_records_arrive_as_they_were_sent(records):
    head = BatchHead("cases", lengths_of(records), "origin", "7", {"a": "b"}, True)
    received, body = read_frame(reader(b"".join(frame(head, records))))
    assert received == head
    assert slice_records(received.lengths, body) == records


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
    whole = bytearray(b"".join(frame(BatchHead("cases", lengths_of([b"12", b"3"])), [b"12", b"3"])))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        head, body = read_frame(reader(bytes(whole)))
        slice_records(getattr(head, "lengths", b""), body)
    except PluginFault:
        pass


def test_a_frame_too_large_is_refused_before_it_is_read():
    import struct

    with pytest.raises(PluginFault, match="kind 2"):
        read_frame(reader(struct.pack("<4sBIQ", b"HUB\x01", 2, 0, 1 << 60)))


@pytest.mark.parametrize("lengths", [b"\1", lengths_of([b"123"]), lengths_of([b"1"] * 3)])
def test_lengths_that_do_not_fit_their_body_are_a_fault(lengths):
    with pytest.raises(PluginFault):
        slice_records(lengths, b"12")


def test_an_answer_carries_one_byte_for_each_record():
    assert read_frame(reader(b"".join(frame(Answer(True), [b"\1\2\3"])))) == (Answer(True), b"\1\2\3")
