"""Parts of a text: their number at each bound, their bytes, and characters of two units at every place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.messaging.segments import Count, counted, encode, has_pairs, parts, room, units

RARE = "𬭎"
TEXTS = st.text(st.one_of(st.sampled_from("一2， 㛃" + RARE), st.characters(exclude_categories=["Cs"])), max_size=300)


@pytest.mark.parametrize(
    ("n", "n_parts"), [(0, 1), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4), (67 * 255, 255)]
)
def test_parts_at_each_bound(n, n_parts):
    assert len(parts("一" * n)) == n_parts
    assert len(encode("一" * n, 7)) == n_parts


def test_more_parts_than_a_header_counts_are_refused():
    with pytest.raises(InvalidInput, match="256 parts"):
        parts("一" * (67 * 255 + 1))


def test_a_rare_name_on_the_bound_is_not_cut():
    text = "一" * 66 + RARE + "一" * 10
    assert [units(part) for part in parts(text)] == [66, 12]
    for part in encode(text, 1):
        part[6:].decode("utf-16-be")
    # Where the pair ends with the part, nothing is wasted.
    assert [units(part) for part in parts("一" * 65 + RARE + "一" * 10)] == [67, 10]


def test_a_pair_on_the_bound_can_cost_a_third_part():
    text = "一" * 66 + RARE + "一" * 66
    assert units(text) == 134
    assert len(parts(text)) == 3
    assert len(parts(text[:-1])) == 2


def test_the_header_names_reference_number_and_place():
    first, second = encode("一" * 71, 200)
    assert first[:6] == bytes.fromhex("050003c80201")
    assert second[:6] == bytes.fromhex("050003c80202")
    assert first[6:] == "一".encode("utf-16-be") * 67
    assert (len(first), len(second)) == (140, 14)


def test_a_text_alone_has_no_header():
    assert encode("一", 9) == (b"\x4e\x00",)


@pytest.mark.parametrize("reference", [-1, 256])
def test_a_reference_is_an_octet(reference):
    with pytest.raises(InvalidInput, match="reference"):
        encode("一", reference)
    assert encode("一" * 71, 255)[0][3] == 255


@pytest.mark.parametrize("half", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_half_a_character_is_refused_with_its_place(half):
    with pytest.raises(InvalidInput, match="place 3"):
        parts(f"韦英{chr(half)}")
    with pytest.raises(InvalidInput, match="half"):
        counted(chr(half), 2)


@pytest.mark.parametrize(
    ("text", "most", "count"),
    [
        ("", 2, Count(0, 1, 134, True)),
        ("一" * 70, 1, Count(70, 1, 0, True)),
        ("一" * 71, 1, Count(71, 2, -4, False)),
        ("一" * 70, 2, Count(70, 1, 64, True)),
        ("一" * 134, 2, Count(134, 2, 0, True)),
        ("一" * 135, 2, Count(135, 3, -1, False)),
        ("一" * 66 + RARE, 2, Count(68, 1, 66, True)),
        ("一" * 66 + RARE + "一" * 66, 2, Count(134, 3, -1, False)),
        ("一" * 66 + RARE + "一" * 65, 2, Count(133, 2, 0, True)),
    ],
)
def test_the_counter(text, most, count):
    assert counted(text, most) == count


@given(TEXTS, st.integers(0, 255))
def test_parts_are_whole_small_and_nothing_is_lost(text, reference):
    cut = parts(text)
    assert "".join(cut) == text
    bodies = encode(text, reference)
    assert all(len(body) <= 140 for body in bodies)
    head = 6 if len(bodies) > 1 else 0
    assert [body[head:].decode("utf-16-be") for body in bodies] == list(cut)
    assert len(cut) >= 1 if units(text) <= 70 else len(cut) >= -(-units(text) // 67)


@given(TEXTS, st.integers(1, 3))
def test_what_the_room_promises_fits(text, most):
    if units(text) <= room(most, pairs=has_pairs(text)):
        assert len(parts(text)) <= most
        assert counted(text, most).fits


@given(TEXTS, st.integers(1, 4))
def test_fits_and_left_agree(text, most):
    count = counted(text, most)
    assert count.fits == (count.n_parts <= most) == (count.left >= 0)


def test_the_room_at_its_edge():
    assert (room(1, pairs=True), room(2, pairs=False), room(2, pairs=True)) == (70, 134, 133)
