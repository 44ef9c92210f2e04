"""A crowd tells of everybody what a round tells, after every state of its roster, and encodes nobody twice."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher import candidates, priority
from matcher.policy import standard_packs
from matcher.ports import Shared
from matcher.records import Household
from matcher.scoring import hand_card
from matcher.services.ground import crowd, many_askers, relations, roster_digests
from matcher.services.ground.carried import origins
from matcher.services.ground.crowd import crowd_of
from matcher.services.ground.remembered import Remembered
from matcher.services.ground.roster_columns import RosterColumns
from matcher.services.ground.roster_digests import records_digest
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground
from matcher.services.rounds.match_round import Brief, Rosters, in_force, law_frame, prepare
from matcher.settings import Settings
from matcher.shortlist import tie_keys

PACKS, MODEL = standard_packs(), hand_card()
SEED = 3
SLOW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PEOPLE = st.lists(workers(), min_size=1, max_size=6)


def means():
    return Means(packs=PACKS, settings=Settings(), model_body=MODEL)


def named(people, first=0):
    return [msgspec.structs.replace(one, worker_id=f"w{ix}") for ix, one in enumerate(people, first)]


def by_round(people, post, use, *, public):
    """Verdict and fit of each as the whole round has them, 0 of whoever stands in no pair."""
    brief = Brief(on=ON, jurisdiction="liujiang_2018", seed=SEED, prices={}, public=public)
    pairs = prepare(Rosters(workers=people, vacancies=[post], households={}), use, brief).pairs
    told = np.zeros((len(people), 2), dtype=np.int64)
    if len(pairs):
        told[pairs.worker_ix] = np.stack([pairs["verdict"], pairs["fit"]], 1)
    return told.tolist()


@SLOW
@given(st.data())
def test_a_crowd_tells_what_the_round_tells_after_every_change(data):
    use, public = means(), data.draw(st.booleans())
    ground = Ground(use.model, law_frame(use, ON, public=public), SEED)
    post = data.draw(vacancies().filter(lambda one: candidates.is_open(one, ON)))
    present = {one.worker_id: one for one in named(data.draw(PEOPLE))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matcher.services.ground.carried.MOST_CHANGED", 1)
        for _ in range(3):
            people = Shared(present[key] for key in sorted(present))
            asked = crowd_of(people, ground, use)
            told = asked.asked(post)
            assert np.stack([told.verdict, told.fit], 1).tolist() == by_round(people, post, use, public=public)
            assert asked.keys().tolist() == tie_keys([one.worker_id for one in people], SEED).tolist()
            for key in data.draw(st.sets(st.sampled_from(sorted(present)), max_size=2)):
                del present[key]
            present |= {one.worker_id: one for one in named(data.draw(PEOPLE), first=data.draw(st.integers(0, 8)))}


@pytest.fixture
def encoded(monkeypatch):
    """How many people were encoded at each time."""
    done = []
    encode = many_askers.encoded_workers

    def counting(people, frame):
        done.append(len(people))
        return encode(people, frame)

    monkeypatch.setattr(many_askers, "encoded_workers", counting)
    return done


def test_only_who_is_new_is_encoded_and_a_part_of_a_roster_encodes_nobody(encoded):
    use = means()
    ground = Ground(use.model, law_frame(use, ON), SEED)
    people = [worker(f"w{n:02}") for n in range(30)]
    crowd_of(Shared(people), ground, use)
    later = [*people[1:], worker("w99")]
    later[4] = msgspec.structs.replace(later[4], wish_to_work=None)
    assert len(crowd_of(Shared(later), ground, use).index) == 30
    assert len(crowd_of(Shared(later[:9]), ground, use).index) == 9
    # Of a list of the same day most of which stands in none that is kept, everything is made anew.
    crowd_of(Shared([worker(f"x{n}") for n in range(30)]), ground, use)
    assert encoded == [30, 2, 30]


def test_codes_nobody_uses_any_more_do_not_pile_up(encoded, monkeypatch):
    monkeypatch.setattr("matcher.services.ground.carried.MOST_CHANGED", 1)
    use = means()
    ground = Ground(use.model, law_frame(use, ON), SEED)
    for turn in range(4):
        made = crowd_of(Shared([worker(f"w{n}", wage_floor_yuan_month=1000 + turn) for n in range(2)]), ground, use)
        assert made.n_added <= 2
    assert encoded == [2, 2, 2, 2]
    assert len(made.index.book.codes[8]) == 2


def test_places_in_the_order_are_carried_on_with_the_homes_of_now(monkeypatch):
    use, homes = means(), [{"h1": Household(household_id="h1", employed_members=n)} for n in (1, 0)]
    people = [worker(f"w{n:02}", household_id="h1", registered_poor=bool(n % 2)) for n in range(20)]
    later = [*people[:7], msgspec.structs.replace(people[7], registered_poor=False), *people[8:19], worker("w99")]
    order = in_force(people, use, Brief(on=ON, jurisdiction="liujiang_2018", seed=0)).order
    ranked, made = [], priority.rank_workers
    monkeypatch.setattr(
        priority, "rank_workers", lambda those, *a, **o: ranked.append(len(those)) or made(those, *a, **o)
    )
    for people_now, homes_now in zip((people, later), homes, strict=True):
        told, plain = (
            RosterColumns(Rosters(kind(people_now), [], homes_now), use, law_frame(use, ON)).ranked(order, None)
            for kind in (Shared, list)
        )
        assert told.results == plain.results
        for name in ("tier", "sub_tier", "household", "priority", "group", "waiting_days", "weight"):
            assert getattr(told, name).tolist() == getattr(plain, name).tolist()
            assert getattr(told, name).dtype == getattr(plain, name).dtype
    assert ranked == [20, 20, 2, 20]


def test_digests_of_another_kind_of_record_are_not_carried_on(monkeypatch):
    use, people = means(), [worker(f"v{n:02}") for n in range(20)]
    hashed, made = [], roster_digests.records_digests
    monkeypatch.setattr(roster_digests, "records_digests", lambda those: hashed.append(len(those)) or made(those))
    posts = [vacancy(f"v{n:02}") for n in range(20)]
    for records in (people, posts, people[1:], [*posts[1:], vacancy("w")]):
        assert records_digest(Shared(records), use) == records_digest(records, use)
    assert hashed == [20, 20, 20, 20, 0, 19, 1, 20]


def test_equal_records_are_found_again_and_others_are_new():
    before = [worker("a"), worker("b"), worker("c")]
    after = [worker("b"), msgspec.structs.replace(before[2], wish_to_work=None), worker("d"), before[0]]
    moved = origins(before, after)
    assert moved.before.tolist() == [1, -1, -1, 0]
    assert moved.fresh.tolist() == [1, 2]


def test_what_is_kept_is_told_newest_first_and_by_what_it_was_asked():
    kept, lists = Remembered(), (["a"], ["b"])
    for told, of in enumerate(lists):
        kept.get("n", (of,), lambda told=told: told, by="day")
    kept.get("n", (lists[0],), lambda: "other", by="night", n_kept=9)
    assert [value for _, value in kept.known("n", "night")] == ["other"]
    assert kept.known("never asked") == []


def test_a_crowd_is_of_one_day_readers_and_seed():
    use, people = means(), Shared([worker()])
    frame = law_frame(use, ON)
    assert relations.RELATIONS[relations.RESERVED].name == "reserved"
    one = crowd_of(people, Ground(use.model, frame, 1), use)
    assert crowd_of(people, Ground(use.model, frame, 1), use) is one
    assert crowd_of(people, Ground(use.model, frame, 2), use) is not one


@pytest.mark.parametrize("public", [True, False])
@SLOW
@given(PEOPLE, vacancies())
def test_for_other_readers_one_of_each_standing_is_encoded(public, people, post):
    use, people = means(), Shared(named(people))
    of_whom = [Ground(use.model, law_frame(use, ON, public=which), SEED) for which in (public, not public)]
    with pytest.MonkeyPatch.context() as patch:
        crowd_of(people, of_whom[0], use)
        patch.setattr(crowd, "made_of", None)
        told = crowd_of(people, of_whom[1], use).asked(post)
    anew = crowd.made_of(people, of_whom[1]).asked(post)
    assert told.verdict.tolist() == anew.verdict.tolist()
    assert told.fit.tolist() == anew.fit.tolist()
