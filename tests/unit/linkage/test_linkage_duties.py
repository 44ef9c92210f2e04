"""Two ledgers under the documents: whose records are checked one by one is what the rule of the pack says."""

from __future__ import annotations

from datetime import date

import msgspec

from matcher.linkage import Cells, PairClass, checked_one_by_one, duties, entry_of, weights
from matcher.policy import PackSet, standard_packs
from matcher.records import Kind
from matcher.services.reconcile.comparison import compare
from matcher.services.reconcile.ledgers import Ledger

ON = date(2018, 6, 1)
PACKS = standard_packs()
OURS = {"450206197801010028": "working", "450206199203050010": "idle", "450206196511110018": "working"}
THEIRS = {"450206197801010028": "idle", "450206199203050010": "idle", "450206195003070013": "idle"}


def ledger(people, **more):
    cells = tuple(Cells(name=f"韦{'甲乙丙丁'[ix]}", number=number) for ix, number in enumerate(people))
    facts = [{"employment_status": status, **more} for status in people.values()]
    entries = tuple(entry_of(ix + 2, one, on=ON, facts=facts[ix]) for ix, one in enumerate(cells))
    return Ledger(file="x.csv", sha256="", kind=Kind.WORKERS, entries=entries, cells=cells, labels={})


def compared(left, right, packs=PACKS):
    return compare(left, right, weights(), packs)


def with_rule(**changes) -> PackSet:
    """The packs with another first output of the rule."""
    pack = PACKS[duties().pack]
    rules = tuple(
        msgspec.structs.replace(rule, outputs=(msgspec.structs.replace(rule.outputs[0], **changes),))
        if rule.id == duties().mismatch
        else rule
        for rule in pack.rules
    )
    packs = {**PACKS.packs, pack.id: msgspec.structs.replace(pack, rules=rules)}
    return msgspec.structs.replace(PACKS, packs=packs)


def test_who_is_checked_one_by_one_is_what_the_rule_names():
    found = compared(ledger(OURS), ledger(THEIRS))
    assert checked_one_by_one(OURS, THEIRS, PACKS) == set(OURS) ^ set(THEIRS) | {"450206197801010028"}
    assert [(told.kind, told.left.cells.number) for told in found.queue] == [
        (PairClass.STATUS_DIFFERS, "450206197801010028")
    ]
    alone = [found.left.cells[ix].number for ix in found.left_only]
    alone += [found.right.cells[ix].number for ix in found.right_only]
    assert alone == ["450206196511110018", "450206195003070013"]


def test_a_rule_that_names_nobody_asks_nobody():
    found = compared(ledger(OURS), ledger(THEIRS), with_rule(of=("hr_office", "hr_office")))
    assert (found.queue, found.counts["status_differs"]) == ((), 0)
    assert found.left_only == found.right_only == ()


def test_a_field_one_office_does_not_keep_is_no_difference():
    found = compared(ledger(OURS, holds_plot="true"), ledger(OURS))
    assert (found.counts["agree"], found.queue) == (len(OURS), ())
