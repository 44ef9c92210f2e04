"""The documents' rules (vectors HK_GROUP, MC_COUNTABLE, MC_RETURN_SLA) and what the pages make of them are one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import chain, combinations

import pytest

from matcher.errors import InvalidInput
from matcher.office.tracking.cohorts import Member, parties_of, require_one_unit, units_of
from matcher.office.tracking.evidence import Why, definition, proof_of
from matcher.office.tracking.returnees import report_told, returnee_rules
from matcher.policy import standard_packs
from matcher.policy.evaluation.evaluate import evaluate_rule
from matcher.policy.figures.in_force import NO_FIGURES
from matcher.policy.groups import group_rule
from matcher.records import Evidence, EvidenceKind, Placement
from matcher.records.replies import Return
from matcher.records.texts import Channel

ON = date(2020, 6, 1)
PACKS = standard_packs()
GROUP = group_rule(PACKS, "hekou_2018", date(2018, 6, 1))


@pytest.mark.parametrize("size", [1, 10, 11, 50, 51, 60])
def test_a_unit_is_called_and_led_as_the_rule_says_and_refused_where_it_is_reviewed(size: int) -> None:
    told = evaluate_rule("HK_GROUP", {"size": size}, packs=PACKS)
    if told["outcome"] != "ok":
        with pytest.raises(InvalidInput):
            require_one_unit(size, GROUP)
        return
    require_one_unit(size, GROUP)
    members = [Member(worker_id=f"w{n:02d}", place_code="450206102203") for n in range(size)]
    (unit,) = units_of(parties_of(members), PACKS, GROUP)
    assert unit.name == told["unit"]
    assert unit.leader == PACKS.vocabulary.words[told["leader"]]


def test_what_the_rule_does_not_count_is_in_no_total() -> None:
    kinds = list(EvidenceKind)
    for some in chain.from_iterable(combinations(kinds, n) for n in range(3)):
        evidence = tuple(Evidence(kind=kind, on=ON, by="核实员") for kind in some)
        proof = proof_of(Placement(placement_id="p", worker_id="w", start=ON, evidence=evidence), ON, definition())
        told = evaluate_rule("MC_COUNTABLE", {"evidence": [kind.value for kind in some]}, packs=PACKS)
        assert proof.counts == (told["outcome"] == "counted")
        assert (proof.why is Why.NO_EVIDENCE) == ("no_evidence" in told["reasons"])


def test_thirty_hours_without_a_figure_need_one() -> None:
    entry = Return(
        return_id="r", worker_id="w", region_code="450206102203", returned_on=ON, by="o", channel=Channel.DESK,
        noted_at=datetime(2020, 6, 1, 16, tzinfo=UTC) + timedelta(hours=30),
    )  # fmt: skip
    vector = evaluate_rule("MC_RETURN_SLA", {"hours_to_report": "30", "sla_hours": None}, packs=PACKS)
    assert report_told(entry, returnee_rules(), PACKS, NO_FIGURES) == vector
    assert vector["outcome"] == "needs_config"
