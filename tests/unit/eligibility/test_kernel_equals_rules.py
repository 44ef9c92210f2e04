"""The column kernels give the verdict of the plain specification, pair for pair."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.candidates import is_open
from matcher.eligibility import Frame, assess, encode_vacancies, encode_workers, findings, verdict_of
from matcher.eligibility.kernel import KERNELS, _Columns
from matcher.eligibility.rules import RULES, SATISFIED
from matcher.explanation import Verdict
from matcher.pairs import every_pair
from matcher.policy.loading.loader import standard_packs
from matcher.policy.national import working_age
from matcher.records import EXPIRED, PublishBar, Worker


def frame(*, public: bool = False) -> Frame:
    packs = standard_packs()
    return Frame(on=ON, ages=working_age(packs, ON), vocabulary=packs.vocabulary, public=public)


def verdicts(some_workers, some_vacancies, *, public=False):
    pairs, seen = every_pair(len(some_workers), len(some_vacancies)), frame(public=public)
    columns = encode_workers(some_workers, seen), encode_vacancies(some_vacancies, seen)
    return assess(pairs, *columns, seen)["verdict"].tolist()


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(workers(), min_size=1, max_size=4), st.lists(vacancies(), min_size=1, max_size=4), st.booleans())
def test_kernels_equal_the_specification(some_workers, some_vacancies, public):
    seen = frame(public=public)
    wanted = [int(verdict_of(findings(w, v, seen))) for w in some_workers for v in some_vacancies]
    assert verdicts(some_workers, some_vacancies, public=public) == wanted


def test_a_complete_pair_is_yes():
    assert findings(worker(), vacancy(), frame()) == ()
    assert verdicts([worker()], [vacancy()]) == [Verdict.YES]


@settings(max_examples=300, deadline=None)
@given(workers(), vacancies())
def test_a_forgotten_fact_never_turns_a_yes_into_a_no(some_worker, some_vacancy):
    """Dropping a fact may open a question, never refuse."""
    before = verdict_of(findings(some_worker, some_vacancy, frame()))
    for field in Worker.__struct_fields__:
        if field in ("worker_id", "place_code") or getattr(some_worker, field) is None:
            continue
        after = verdict_of(findings(msgspec.structs.replace(some_worker, **{field: None}), some_vacancy, frame()))
        if before is Verdict.YES:
            assert after in (Verdict.YES, Verdict.UNKNOWN), field


def test_barred_adverts_are_offered_to_nobody():
    bar = PublishBar(code="sex", sentence="不得限定性别")
    barred = vacancy(publish_bars=(bar,))
    assert verdicts([worker()], [barred]) == [Verdict.NO]
    assert [f.rule_id for f in findings(worker(), barred, frame())] == ["not_publishable"]


def test_a_bar_of_a_past_day_is_a_matter_of_validity():
    """An import told on its own day that the advert had expired; the day that is asked decides."""
    lapsed = PublishBar(code=EXPIRED, sentence="招聘截止日期已过")
    for last_day, verdict, rules in ((date(2018, 5, 31), Verdict.NO, ["validity"]), (frame().on, Verdict.YES, [])):
        post = vacancy(publish_bars=(lapsed,), valid_to=last_day)
        assert verdicts([worker()], [post]) == [verdict]
        assert [f.rule_id for f in findings(worker(), post, frame())] == rules
        assert is_open(post, frame().on) is (verdict is Verdict.YES)


def test_every_rule_has_a_sentence_for_yes():
    assert set(SATISFIED) == set(RULES)


# The rules of the specification that each kernel stands for.
RULES_OF = {
    "ages": ("under_16", "age_min", "age_max"),
    "protected_16_17": ("protected_16_17",),
    "open": ("not_publishable", "validity", "filled"),
    "wish": ("wish",),
    "ability": ("labour_ability", "heavy_work"),
    "distance": ("travel_range", "daily_return", "night_shift"),
    "education": ("education",),
    "wage_floor": ("wage_floor",),
    "available_from": ("available_from",),
    "skills_required": ("skills_required",),
    "certificates_required": ("certificates_required",),
    "reserved_for": ("reserved_for",),
}


def test_no_rule_and_no_kernel_is_left_out():
    assert list(RULES_OF) == list(KERNELS)
    assert sorted(rule for rules in RULES_OF.values() for rule in rules) == sorted(RULES)


@settings(max_examples=300, deadline=None)
@given(workers(), vacancies(), st.booleans())
def test_each_kernel_says_what_its_rules_say(some_worker, some_vacancy, public):
    """Each by itself: behind another open question no difference could hide."""
    seen = frame(public=public)
    columns = _Columns(
        every_pair(1, 1), encode_workers([some_worker], seen), encode_vacancies([some_vacancy], seen), seen
    )
    said = {f.rule_id: f for f in findings(some_worker, some_vacancy, seen)}
    for name, rules in RULES_OF.items():
        wanted = verdict_of(said[rule] for rule in rules if rule in said)
        assert KERNELS[name](columns).tolist() == [wanted], name
