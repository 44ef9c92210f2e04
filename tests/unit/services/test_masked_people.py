"""Places and names as a list says them."""

from __future__ import annotations

import pytest
from factories import worker

from matcher.records import Consent, Identity
from matcher.services.ground.masked_people import Contact, masked_people, people_called
from matcher.services.ground.place_words import home_words, township_of, work_words


class Roster:
    """Workers with identities, as a store answers."""

    def __init__(self, **names: str) -> None:
        self.workers = {worker_id: worker(worker_id) for worker_id in names}
        self.names = names

    def records(self, _kind, *, ids=None):
        return [self.workers[w] for w in sorted(self.workers if ids is None else ids) if w in self.workers]

    def identities(self, ids):
        return {w: Identity(worker_id=w, name=self.names[w], phone="13800000001") for w in ids if self.names[w]}


@pytest.mark.parametrize(
    ("code", "home", "work"),
    [
        ("450206102203", "百朋镇里团村", "柳州市柳江区百朋镇里团村"),
        ("450206102", "百朋镇", "柳州市柳江区百朋镇"),
        ("450206102000", "百朋镇", "柳州市柳江区百朋镇"),
        ("450206", "柳江", "柳州市柳江区"),
        ("441900", "东莞", "东莞市"),
        ("450000", "广西", "广西壮族自治区"),
        ("450206102999", "百朋镇", "柳州市柳江区百朋镇"),
    ],
)
def test_places_are_said_as_far_down_as_they_are_known(code, home, work):
    assert (home_words(code), work_words(code)) == (home, work)


def test_a_township_is_the_first_nine_digits():
    assert township_of("450206102203") == "450206102"
    assert township_of("450206") == "450206"


@pytest.mark.parametrize(
    ("consent", "contact"),
    [
        (None, Contact.NOT_ASKED),
        (Consent(), Contact.NOT_ASKED),
        (Consent(share_with_employer=False), Contact.REFUSED),
        (Consent(share_with_employer=True), Contact.AGREED),
        (Consent(sms=True, plot=True), Contact.NOT_ASKED),
    ],
)
def test_only_a_yes_to_sharing_is_a_yes(consent, contact):
    assert Contact.of(worker(consent=consent)) is contact


def test_somebody_without_an_identity_has_no_name_and_no_phone():
    roster = Roster(a="韦小英", b="")
    told = masked_people(roster, list(roster.workers.values()))
    assert (told["a"].name, told["a"].phone) == ("韦*英", "138****0001")
    assert (told["b"].name, told["b"].phone) == ("", "")


def test_equal_names_come_before_names_that_hold_the_words():
    roster = Roster(a="韦小英子", b="韦小英", c="阿卜杜拉·买买提")
    assert [person.worker_id for person in people_called(roster, "韦小英").people] == ["b", "a"]
    assert [person.worker_id for person in people_called(roster, "拉买").people] == ["c"]


def test_twenty_are_shown_and_all_are_counted():
    found = people_called(Roster(**{f"w{n:02d}": "韦小英" for n in range(25)}), "小英")
    assert (len(found.people), found.n_found) == (20, 25)


def test_a_yes_is_called_what_was_said_for_there_may_be_no_number():
    said = {None: "还没问给不给电话", True: "同意给电话", False: "没同意给电话"}
    for answer, words in said.items():
        assert Contact.of(worker(consent=Consent(share_with_employer=answer))).label == words
