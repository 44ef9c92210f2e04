"""Ratios by group with intervals, nothing of small groups, and women compared with men alike to them."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import matcher
from matcher.errors import InvalidInput
from matcher.learning.fairness import GROUPS, Audited, ShownLine, audit


def people(n: int = 200, *, women: int | None = None, **more) -> list[Audited]:
    women = n // 2 if women is None else women
    return [
        Audited(worker_id=f"w{ix}", household_id=f"h{ix // 2}", women=ix < women, from_45=ix % 4 == 0, **more)
        for ix in range(n)
    ]


def test_the_outcome_ratio_is_rate_over_rate():
    table = people(200)
    kept = {person.worker_id: ix % (2 if person.women else 4) == 0 for ix, person in enumerate(table)}
    found = {told.group: told for told in audit(table, kept, []).outcome}
    assert found["women"].ratio.value == pytest.approx(0.5 / 0.25)
    assert found["women"].ratio.low < 2 < found["women"].ratio.high
    assert (found["women"].n_group, found["women"].n_others) == (100, 100)
    assert "2.00倍" in found["women"].sentence


@pytest.mark.parametrize(("women", "told"), [(19, False), (20, True), (180, True), (181, False)])
def test_fewer_than_twenty_on_either_side_have_no_figure(women, told):
    table = people(200, women=women)
    found = audit(
        table, {person.worker_id: True for person in table}, [ShownLine(p.worker_id, 3000, 0.2) for p in table]
    )
    assert ("women" in {ratio.group for ratio in found.outcome}) is told
    assert ("women" in found.record()["exposure"]["wage"]) is told
    assert bool(found.gaps) is told


def test_a_group_of_three_is_in_no_part_of_the_record():
    table = [replace(person, minority=ix < 3) for ix, person in enumerate(people(200))]
    told = audit(table, {p.worker_id: True for p in table}, [ShownLine(p.worker_id, 3000, 0.2) for p in table]).record()
    assert "minority" not in repr(told)


def test_who_is_not_known_to_belong_is_on_neither_side():
    table = [replace(person, women=None if ix % 2 else person.women) for ix, person in enumerate(people(200))]
    found = {
        told.group: told for told in audit(table, {p.worker_id: ix % 3 == 0 for ix, p in enumerate(table)}, []).outcome
    }
    assert (found["women"].n_group, found["women"].n_others) == (50, 50)


def test_only_people_whose_outcome_is_known_count():
    table = people(200)
    kept = {person.worker_id: True for person in table[:120]}
    found = {told.group: told for told in audit(table, kept, []).outcome}
    assert (found["women"].n_group, found["women"].n_others) == (100, 20)


def test_exposure_counts_wage_chance_and_lines():
    table = people(200)
    shown = [ShownLine(p.worker_id, 3300 if p.women else 3000, 0.1) for p in table]
    shown += [ShownLine(p.worker_id, None, 0.3) for p in table if p.women]
    found = audit(table, {}, shown).record()["exposure"]
    assert found["wage"]["women"]["value"] == pytest.approx(1.1)
    assert found["p"]["women"]["value"] == pytest.approx(2.0)
    assert found["lines"]["women"]["value"] == pytest.approx(2.0)
    assert found["wage"]["women"]["n"] == 100


def test_a_gap_made_by_care_is_gone_among_people_alike():
    table = [replace(p, care=ix % 4 < (3 if p.women else 1)) for ix, p in enumerate(people(400))]
    shown = [ShownLine(p.worker_id, 2500 if p.care else 3500, 0.2) for p in table]
    wage = audit(table, {}, shown).gaps[0]
    assert wage.measure == "wage"
    assert wage.raw.value < 0.9
    assert wage.raw.high < 0.95
    assert wage.adjusted.value == pytest.approx(1.0)
    assert wage.covered == 1.0


def test_a_gap_among_people_alike_stays():
    table = people(400, care=True, education="junior")
    rng = np.random.default_rng(0)
    shown = [ShownLine(p.worker_id, (2700 if p.women else 3000) + rng.normal(0, 200), 0.2) for p in table]
    wage = audit(table, {}, shown).gaps[0]
    assert wage.adjusted.value == pytest.approx(0.9, abs=0.02)
    assert wage.adjusted.high < 1


def test_without_a_common_stratum_there_is_no_adjusted_gap():
    table = [replace(p, education="junior" if p.women else "senior") for p in people(200)]
    gap = audit(table, {}, [ShownLine(p.worker_id, 3000, 0.2) for p in table]).gaps[0]
    assert gap.raw.value == 1.0
    assert np.isnan(gap.adjusted.value)
    assert gap.covered == 0.0


def test_households_make_intervals_wider_than_people_alone():
    rng = np.random.default_rng(1)
    luck = rng.random(50) < 0.5
    table = [Audited(worker_id=f"w{ix}", household_id=f"h{ix // 8}", women=(ix // 8) % 2 == 0) for ix in range(400)]
    kept = {p.worker_id: bool(luck[int(p.household_id[1:])]) for p in table}
    together = {r.group: r.ratio for r in audit(table, kept, []).outcome}["women"]
    apart = [replace(p, household_id=p.worker_id) for p in table]
    alone = {r.group: r.ratio for r in audit(apart, kept, []).outcome}["women"]
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_faults_of_the_table_are_refused():
    table = people(40)
    with pytest.raises(InvalidInput, match="twice"):
        audit([*table, table[0]], {}, [])
    with pytest.raises(InvalidInput, match="not in the audit table"):
        audit(table, {"stranger": True}, [])
    with pytest.raises(InvalidInput, match="not in the audit table"):
        audit(table, {}, [ShownLine("stranger", 1.0, 0.1)])


def test_an_empty_table_has_no_figures():
    assert audit([], {}, []).record() == {"outcome": {}, "exposure": {"wage": {}, "p": {}, "lines": {}}, "gaps": {}}


def test_the_audit_reads_its_table_and_no_record():
    """Sex and ethnicity come in by the caller's table: neither records nor features are imported."""
    tree = ast.parse(Path(matcher.__file__).with_name("learning").joinpath("fairness.py").read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not imported & {"matcher.records", "matcher.features", "matcher.learning.scored_lines"}
    assert set(GROUPS) == {"from_45", "women", "minority", "weak", "relocated"}
