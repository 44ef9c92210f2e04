"""A county's own texts over the committed ones, and what its carrier has said of each."""

from __future__ import annotations

import pytest

from matcher.errors import InvalidInput
from matcher.messaging.consent_words import consent_words, read_words, words_of
from matcher.messaging.county_texts import county_templates, has_signature, read_states, require_said, states_written
from matcher.messaging.templates import Approval, standard_templates

OWN = """
signature = "河县就业局"
[[template]]
id = "wrong_person_confirmed"
version = 2
state = "draft"
purpose = "answer"
text = "已记下，以后不再发到这个号码。"
"""


def test_nothing_of_ones_own_is_the_committed_book():
    assert county_templates() == standard_templates()


def test_own_texts_and_signature_come_over_the_committed_ones():
    book = county_templates(OWN)
    assert book.signature == "河县就业局"
    assert book.latest("wrong_person_confirmed").version == 2
    assert book.latest("shortlist_3") == standard_templates().latest("shortlist_3")


@pytest.mark.parametrize(
    ("phone", "fits"), [("0772-12345678", True), ("0772-123456789", False), ("", False), ("扫二维码😀", False)]
)
def test_a_number_to_call_that_no_text_holds_is_refused(phone, fits):
    book = standard_templates()
    if fits:
        require_said(book, phone=phone, caller="劳务员")
        return
    with pytest.raises(InvalidInput, match="cannot stand in the texts") as refused:
        require_said(book, phone=phone, caller="劳务员")
    assert refused.value.problems


def test_who_calls_fits_its_slot_or_is_refused():
    require_said(standard_templates(), caller="镇就业服务站小韦")
    with pytest.raises(InvalidInput, match="caller"):
        require_said(standard_templates(), caller="镇就业服务站小韦们")


def test_what_the_carrier_said_is_kept_apart_and_comes_back():
    said = {("shortlist_3", 1): Approval.APPROVED, ("filled", 1): Approval.REJECTED}
    text = states_written(said)
    assert read_states(text) == said
    book = county_templates("", text)
    assert book.latest("shortlist_3").state is Approval.APPROVED
    assert book.latest("filled").state is Approval.REJECTED
    assert book.latest("shortlist_2").state is Approval.DRAFT


@pytest.mark.parametrize(
    ("own", "states"),
    [
        ("signature = 1", ""),
        ("signature = '★'", ""),
        ("signature = '一二三四五六七八九十'", ""),
        ("signatur = 'x'", ""),
        (OWN + OWN.split("\n", 2)[2], ""),
        ("", "[[said]]\ntemplate = 'nobody'\nversion = 1\nstate = 'approved'\n"),
        ("", "[[said]]\ntemplate = 'filled'\nversion = 1\nstate = 'perhaps'\n"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_when_it_is_read(own, states):
    with pytest.raises(InvalidInput):
        county_templates(own, states)


def test_the_words_of_consent_are_kept_by_version():
    words = consent_words()
    assert words_of(words.current).text
    assert "不收钱" in words_of(words.current).text
    for text in ("", "current = 'x'\nversion = []\n"):
        with pytest.raises(InvalidInput):
            read_words(text)


def test_a_county_signs_with_its_name_unless_it_gave_a_signature():
    book = county_templates("", "", "柳江")
    assert book.signature == "柳江就业局"
    # Five units as ever: the three jobs still fit two parts of 67 at their worst.
    assert max(book.worst_units(one) for one in book.template) == 129
    assert county_templates(OWN, "", "柳江").signature == "河县就业局"
    assert (has_signature(OWN), has_signature("most_parts = 2\n"), has_signature("")) == (True, False, False)


@pytest.mark.parametrize(("number", "fits"), [("0772-12345678", True), ("0772-123456789", False)])
def test_a_number_to_be_called_from_fits_its_slot_or_is_refused(number, fits):
    if fits:
        require_said(standard_templates(), call_back=number)
        return
    with pytest.raises(InvalidInput, match="call_back"):
        require_said(standard_templates(), call_back=number)


@pytest.mark.parametrize(("n", "signs"), [(6, True), (7, False)])
def test_a_name_that_leaves_no_room_for_the_worst_text_does_not_sign(n, signs):
    book = county_templates("", "", "县" * n)
    assert book.signature == ("县" * n + "就业局" if signs else standard_templates().signature)
    assert max(book.worst_units(one) for one in book.template) <= 134
