"""The file of a fair pack: opened by its kiosk while it is in force, refused by name otherwise."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import PackRefused
from matcher.fair_pack import (
    CLOCK_SLACK,
    PERSONAL,
    News,
    PackContents,
    card_index,
    heading_of,
    news_of,
    open_pack,
    seal_pack,
)
from matcher.ports import StoredPlan
from matcher.records import Channel, Vacancy, Worker
from matcher.records.fair_packs import CarriedPerson, PackedPerson, PackHeading, Standing

MADE = datetime(2018, 6, 1, 4, tzinfo=UTC)
KEY, KIOSK_KEY, OTHER_KEY = b"k" * 32, b"q" * 32, b"o" * 32
HEADING = PackHeading(
    pack_id="p-1", kiosk_id="k-1", region_code="450206102", made_at=MADE, expires_at=MADE + timedelta(hours=72),
    n_people=1, n_vacancies=1,
)  # fmt: skip
PERSON = CarriedPerson(
    person=PackedPerson(
        worker=Worker(worker_id="w1", place_code="450206102201", skills=("缝纫",)),
        standings=(Standing(date(2018, 6, 1), 1, 0, 64, 72, 64, 0),),
    ),
    name="韦*英",
    card=card_index(KEY, "450221196601010028"),
)
CONTENTS = PackContents(
    revision=7,
    plan=StoredPlan(
        plan_id="p", season="2018-02-01/2018-07-31", mode="balanced", seed=0, model="m", pack="r",
        solved_on=date(2018, 6, 1), created_at=MADE, prices={"v1": 0.1},
    ),
    people=(PERSON,),
    vacancies=(Vacancy(vacancy_id="v1", title="缝纫工", channel=Channel.WORKSHOP, place_code="450206", headcount=3),),
    model=b"model",
    rulebook=b"rulebook",
)  # fmt: skip


def counted():
    """As many bytes as asked for, never the same."""
    numbers = itertools.count(1)
    return lambda n: next(numbers).to_bytes(n, "big")


def sealed(heading: PackHeading = HEADING, kiosk_key: bytes = KIOSK_KEY) -> bytes:
    return seal_pack(heading, CONTENTS, key=KEY, kiosk_key=kiosk_key, random=counted())


def refused(body: bytes, *, kiosk_id: str = "k-1", key: bytes = KIOSK_KEY, now: datetime = MADE) -> str:
    with pytest.raises(PackRefused) as told:
        open_pack(body, kiosk_id=kiosk_id, kiosk_key=key, now=now)
    assert told.value.remedy
    return told.value.reason


def test_what_went_in_comes_out():
    opened = open_pack(sealed(), kiosk_id="k-1", kiosk_key=KIOSK_KEY, now=MADE)
    assert opened == (HEADING, CONTENTS, KEY)
    assert heading_of(sealed()) == HEADING


def test_nothing_inside_can_be_read_from_the_file():
    body = sealed()
    for inside in ("w1", "韦", "缝纫", "model", "450206102201", "v1"):
        assert inside.encode() not in body
    assert KEY not in body
    assert PERSON.card not in body


@pytest.mark.parametrize("cut", [0, 3, 8, 40, -1, -200])
def test_a_torn_file_is_torn(cut):
    assert refused(sealed()[:cut]) == "torn"


def test_another_file_is_torn_and_another_version_is_said():
    assert refused(b"PK\x03\x04 some archive") == "torn"
    body = bytearray(sealed())
    body[4] = 9
    assert refused(bytes(body)) == "version"


def test_the_pack_of_another_kiosk_is_foreign():
    assert refused(sealed(), kiosk_id="k-2", key=OTHER_KEY) == "foreign"
    assert refused(sealed(), kiosk_id="k-2", key=KIOSK_KEY) == "foreign"
    assert refused(sealed(), key=OTHER_KEY) == "foreign"


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (MADE + timedelta(hours=72), "expired"),
        (MADE + timedelta(days=400), "expired"),
        (MADE - CLOCK_SLACK - timedelta(seconds=1), "too_early"),
        (MADE - timedelta(days=1), "too_early"),
    ],
)
def test_out_of_its_time_it_is_refused(now, reason):
    assert refused(sealed(), now=now) == reason


@pytest.mark.parametrize("now", [MADE - CLOCK_SLACK, MADE, MADE + timedelta(hours=72, seconds=-1)])
def test_to_the_second_in_its_time_it_is_opened(now):
    assert open_pack(sealed(), kiosk_id="k-1", kiosk_key=KIOSK_KEY, now=now).contents == CONTENTS


def test_a_longer_life_cannot_be_written_into_the_heading():
    longer = msgspec.structs.replace(HEADING, expires_at=MADE + timedelta(days=365))
    body = sealed()
    old, new = msgspec.json.encode(HEADING), msgspec.json.encode(longer)
    assert old in body
    assert len(old) == len(new)
    assert refused(body.replace(old, new)) == "foreign"


@settings(max_examples=60)
@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_no_flipped_bit_is_taken_for_a_pack(at, bit):
    body = bytearray(sealed())
    body[at % len(body)] ^= 1 << bit
    try:
        opened = open_pack(bytes(body), kiosk_id="k-1", kiosk_key=KIOSK_KEY, now=MADE)
    except PackRefused:
        return
    # JSON may say the same in other bytes (a letter of an escape); then it is the same pack.
    assert opened == (HEADING, CONTENTS, KEY)


def test_a_card_finds_its_row_under_this_pack_alone():
    assert card_index(KEY, "450221196601010028") == card_index(KEY, "４５０２２１１９６６０１０１００２８")
    assert card_index(KEY, "450221196601010028") != card_index(OTHER_KEY, "450221196601010028")
    assert card_index(KEY, "450221196601010028") != card_index(KEY, "450221196601010029")


@pytest.mark.parametrize(
    ("age", "news"),
    [
        (timedelta(minutes=-3), News.TOO_EARLY),
        (-CLOCK_SLACK, News.FRESH),
        (timedelta(hours=24, seconds=-1), News.FRESH),
        (timedelta(hours=24), News.STALE),
        (timedelta(hours=72, seconds=-1), News.STALE),
        (timedelta(hours=72), News.EXPIRED),
    ],
)
def test_how_old_the_news_are(age, news):
    assert news_of(HEADING, MADE + age) is news
    assert (news in PERSONAL) == (news in (News.FRESH, News.STALE))
    assert bool(news.sentence) == (news is not News.FRESH)


def test_a_clock_behind_what_it_has_seen_cannot_say_how_old():
    assert news_of(HEADING, MADE + timedelta(hours=1), latest=MADE + timedelta(hours=30)) is News.TOO_EARLY
    assert news_of(HEADING, MADE + timedelta(hours=30), latest=MADE + timedelta(hours=30)) is News.STALE
    assert news_of(None, MADE) is News.NONE


def test_the_standing_of_a_day_is_the_last_one_begun():
    early, late = Standing(date(2018, 6, 1), 1, 0, 64, 72, 64, 0), Standing(date(2018, 6, 3), 2, 0, 64, 64, 64, 0)
    person = PackedPerson(worker=PERSON.person.worker, standings=(early, late))
    assert [person.standing(date(2018, 6, day)) for day in (1, 2, 3, 4)] == [early, early, late, late]
    assert person.standing(date(2018, 5, 31)) is None
