"""A broker's page and the office's claim read one placement alike, papers dated in the future above all."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import msgspec
import pytest
from claims_office import BROKERED, CHECK_IN, CONTRACT, POOR, as_, office, rolls

from matcher.office.claims.cases import claim_facts
from matcher.office.claims.facts import DAY_TO_COME, FROM_FUTURE, REGISTER
from matcher.policy import standard_packs
from matcher.privacy import neutral_words
from matcher.records import Evidence, EvidenceKind, Placement
from matcher.services.broker import fees
from matcher.services.broker.fees import ARRIVAL, FeeQuery, fees_told
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.propose import propose_placements

INSURED = tuple(Evidence(kind=EvidenceKind.INSURANCE, on=date(2018, month, 10)) for month in (3, 4, 5))
DATED = msgspec.structs.replace(
    BROKERED, contract_start=date(2018, 3, 1), contract_end=date(2019, 3, 31), place_code="441900"
)


def placed(*evidence: Evidence) -> Placement:
    return msgspec.structs.replace(DATED, evidence=evidence)


def on_page(desk: ClaimDesk) -> dict[str, Any]:
    [row] = fees_told(desk.store, desk.means, FeeQuery(brokers=(), jurisdiction=desk.jurisdiction, on=desk.on))["rows"]
    return row


def both(desk: ClaimDesk) -> tuple[set[str], set[str]]:
    """Papers held by the office's claim and by the broker's page, without those the office settles for everybody."""
    [found] = [one for one in propose_placements(desk) if one.proposal.purpose == "placement"]
    told = found.proposal
    page = set(on_page(desk)["holds"]) - {ARRIVAL}
    settled = standard_packs().packs[desk.jurisdiction].benefit(told.claim.benefit).evidence
    ours = {one.id for one in settled if set(one.proves) <= set(fees._facts().settled_by_office)}
    return {neutral_words(label) for paper, label in told.papers if paper in told.held and paper not in ours}, page


@pytest.mark.parametrize("pack", ["liujiang_2018", "hekou_2018", "qinzhou_2021"])
@pytest.mark.parametrize("day", [date(2018, 2, 20), date(2018, 3, 1), date(2018, 4, 20), date(2018, 6, 1)])
@pytest.mark.parametrize(
    "evidence",
    [(), (CONTRACT,), (CHECK_IN,), (CONTRACT, CHECK_IN, *INSURED, *rolls(3, 4, 5)), (CHECK_IN, *rolls(3, 4, 5))],
    ids=["nothing", "contract", "check_in", "all", "no_contract"],
)
def test_the_page_holds_the_papers_that_the_office_holds(tmp_path, pack, day, evidence):
    # Only a document in force is asked: Qinzhou's is of 2021, so its days and papers are three years later.
    years = 4 if pack == "qinzhou_2021" else 0
    evidence = tuple(msgspec.structs.replace(one, on=later(one.on, years)) for one in evidence)
    placement = msgspec.structs.replace(
        placed(*evidence), start=later(DATED.start, years), contract_start=later(DATED.contract_start, years),
        contract_end=later(DATED.contract_end, years),
    )  # fmt: skip
    with office(tmp_path, POOR, placement) as opened:
        of_office, of_page = both(dataclasses.replace(as_(opened, "a", later(day, years)), jurisdiction=pack))
    assert of_page == of_office


def later(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def test_papers_dated_ahead_are_held_by_nobody(tmp_path):
    """The day the paper bears decides, on the day itself and on the day before."""
    with office(tmp_path, POOR, placed(CHECK_IN)) as opened:
        before = as_(opened, "a", date(2018, 2, 28))
        assert both(before) == (set(), set())
        told = on_page(before)
        assert ARRIVAL in told["lacks"]
        assert {FROM_FUTURE.sentence, DAY_TO_COME.sentence} <= set(told["reasons"])
        assert (told["ready"], told["amount_yuan"]) == (False, None)
        on_the_day = as_(opened, "a", date(2018, 3, 1))
        assert both(on_the_day)[1]
        assert ARRIVAL in on_page(on_the_day)["holds"]
        assert FROM_FUTURE.sentence not in on_page(on_the_day)["reasons"]


def test_a_claim_that_would_stand_waits_while_a_paper_is_dated_ahead(tmp_path, monkeypatch):
    """With every other paper and the payee settled, one roll of next month keeps the page from saying it is ready."""
    settled = {"claimant_type": "village_cadre", "registered_poor": True}
    monkeypatch.setattr(
        fees, "_facts", lambda: fees._FeeFacts(read=frozenset({"success", "worker_id"}), settled_by_office=settled)
    )
    with office(tmp_path, POOR, placed(CHECK_IN)) as opened:
        told = on_page(opened)
        assert (told["ready"], told["outcome"], told["amount_yuan"]) == (True, "eligible", 300)
    ahead = Evidence(kind=EvidenceKind.WAGE_ROLL, on=date(2018, 7, 5))
    with office(tmp_path / "ahead", POOR, placed(CHECK_IN, ahead)) as opened:
        told = on_page(opened)
        assert (told["ready"], told["outcome"], told["amount_yuan"]) == (False, "needs_review", None)
        assert told["reasons"] == [FROM_FUTURE.sentence]


def test_nothing_a_register_knows_is_read_for_a_broker():
    table = claim_facts()
    of_register = {name for name, proofs in table.proof.items() if REGISTER in proofs}
    sources = {table.facts[name] for name in of_register if name in table.facts}
    alike = {name for name, source in table.facts.items() if source in sources}
    assert {"registered_poor", "status"} <= of_register | alike
    assert not fees._facts().read & (of_register | alike)
    assert fees._facts().read <= set(table.facts)
