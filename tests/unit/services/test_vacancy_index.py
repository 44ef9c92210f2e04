"""The index lists what a whole round lists: same ids, verdicts and scores, before and after every change."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher import shortlist
from matcher.eligibility.kernel import KERNELS
from matcher.errors import ModelError
from matcher.features import VOCABULARY
from matcher.kernels.layout import NO_AT
from matcher.policy import standard_packs
from matcher.policy.evaluation import labels
from matcher.records import Worker
from matcher.scoring import hand_card, load_model
from matcher.scoring.model import OFFSET_KINDS
from matcher.services.ground import relations
from matcher.services.ground.asking import asking_of, cells_where
from matcher.services.ground.best_lines import best_of
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground, indexed, with_changes
from matcher.services.rounds.match_round import Brief, Rosters, law_frame, prepare
from matcher.settings import Settings
from matcher.shortlist import PlanMode

PACKS = standard_packs()
OFFSETS = {
    "apply": {"employer": {"e1": 300, "e2": -250}, "town": {"450206100": 77}, "route": {"450206100201>4419": 512}},
    "keep": {"employer": {"e1": -90}, "town": {"450206100": 11}},
}
MODELS = {"hand": hand_card(), "offsets": json.dumps(json.loads(hand_card()) | {"offsets": OFFSETS}).encode()}
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
POSTS = st.lists(st.tuples(vacancies(), st.sampled_from([None, "e1", "e2", "e3"])), min_size=1, max_size=9)
PRICES = st.dictionaries(st.sampled_from(["v0", "v1", "v2"]), st.floats(-1.5, 1.5))
SEED = 3


def means_of(model):
    return Means(packs=PACKS, settings=Settings(fit_floor_permille=1), model_body=MODELS[model])


def named(drawn, first=0):
    """The drawn posts with ids of their own."""
    return [
        msgspec.structs.replace(post, vacancy_id=f"v{ix}", employer_id=firm)
        for ix, (post, firm) in enumerate(drawn, first)
    ]


def by_round(person, posts, means, *, prices, mode, public):
    """Lines and factor as the whole round has them."""
    brief = Brief(on=ON, jurisdiction="liujiang_2018", seed=SEED, prices=prices, mode=mode, public=public)
    solved = prepare(Rosters(workers=[person], vacancies=posts, households={}), means, brief)
    listed = shortlist.worker_lists(solved.pairs, solved.worker_keys, solved.vacancy_keys, top=4)
    rows = zip(listed.vacancy_ix.tolist(), listed["verdict"].tolist(), listed["score"].tolist(), strict=True)
    return [(posts[ix].vacancy_id, verdict, score) for ix, verdict, score in rows], int(solved.ranked.factor[0])


def ground(means, *, public=False):
    return Ground(means.model, law_frame(means, ON, public=public), SEED)


def said_by(index):
    """What each listed post says alone, by its id."""
    return {vacancy_id: index.said[number].tolist() for vacancy_id, number in index.numbers.items()}


@pytest.mark.parametrize("model", MODELS)
@SLOW
@given(st.data())
def test_the_index_lists_what_the_round_lists(model, data):
    means, public = means_of(model), data.draw(st.booleans())
    person, posts = data.draw(workers()), named(data.draw(POSTS))
    prices, mode = data.draw(PRICES), data.draw(st.sampled_from(PlanMode))
    index = indexed(posts, ground(means, public=public), prices)
    told, factor = by_round(person, posts, means, prices=prices, mode=mode, public=public)
    assert [tuple(line) for line in best_of(index, person, factor=factor, mode=mode, top=4)] == told
    changed = named(data.draw(POSTS), first=data.draw(st.integers(0, 6)))
    gone = data.draw(st.sets(st.sampled_from([f"v{n}" for n in range(12)]), max_size=3))
    gone -= {post.vacancy_id for post in changed}
    index = with_changes(index, changed, gone, prices)
    present = {post.vacancy_id: post for post in (*posts, *changed) if post.vacancy_id not in gone}
    told, factor = by_round(person, list(present.values()), means, prices=prices, mode=mode, public=public)
    assert [tuple(line) for line in best_of(index, person, factor=factor, mode=mode, top=4)] == told
    anew = indexed(list(present.values()), ground(means, public=public), prices)
    assert said_by(index) == said_by(anew)


def test_an_older_index_still_tells_of_its_own_day():
    means = means_of("hand")
    posts = [vacancy("v1"), vacancy("v2")]
    older = indexed(posts, ground(means))
    newer = with_changes(older, [vacancy("v1", filled=10)], ["v2"])
    ask = {"factor": 1 << 18, "mode": PlanMode.BALANCED, "top": 5}
    assert {line.vacancy_id for line in best_of(older, worker(), **ask)} == {"v1", "v2"}
    assert best_of(newer, worker(), **ask) == ()
    assert len(newer) == 0


def test_cells_of_some_values_are_not_taken_for_those_of_others():
    """What an asker was told of one kind of post is kept, and is not the answer about another kind."""
    index = indexed([vacancy("sewing"), vacancy("guard", title="保安")], ground(means_of("hand")))
    asking = asking_of(index, worker(), 1 << 18)
    named = VOCABULARY["trade"]
    kinds = ([ix for ix, name in enumerate(named) if (name == "none") is of_none] for of_none in (False, True))
    own, none = (cells_where(index, asking, relations.TRADE, "trade", kind) for kind in kinds)
    assert len(own) == len(none) == 2
    assert [bool(cell >> NO_AT) for cell in own.tolist()] != [bool(cell >> NO_AT) for cell in none.tolist()]


def test_flags_of_a_worker_are_made_of_the_fields_that_are_named():
    read = set()

    class Watched:
        def __getattr__(self, name):
            read.add(name)
            return getattr(self.__class__.of, name)

    facts = {"left_poverty_on": ON - timedelta(90), "monitored_from": ON - timedelta(9), "relocated_from": ON}
    for of in (worker(), Worker(worker_id="w", place_code="450206"), worker(**facts, rural_low_income=True)):
        Watched.of = of
        labels.worker_flags(Watched(), on=ON, work_place_code="450206", vocabulary=PACKS.vocabulary)
    assert read == {*relations.FLAG_FIELDS, "hukou_code", "place_code"} - ({"hukou_code"} - read)


def test_every_term_and_rule_stands_in_one_part():

    rules = [rule for part in relations.PARTS for rule in part.rules]
    terms = [term for part in relations.PARTS for term in part.terms]
    assert sorted(rules) == sorted(KERNELS)
    assert sorted(terms) == sorted([*VOCABULARY, *OFFSET_KINDS])


def test_a_term_no_part_knows_is_refused_by_name():
    model = load_model(hand_card(), VOCABULARY)
    stage = model.stages["apply"]
    more = replace(stage, tables={**stage.tables, "height": stage.tables["board"]})
    with pytest.raises(ModelError, match="height"):
        relations.layout_of_model(replace(model, stages={**model.stages, "apply": more}))
