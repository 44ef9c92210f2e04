"""Claims for tests: a proposal that stands, a clock, and an in-memory shelf of deeds with the guards of the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec

from matcher.errors import Conflict
from matcher.office.claims.record import ClaimRecord, Proposal, Why, claim_stream, read_claim
from matcher.office.claims.steps import By, propose
from matcher.policy.benefits import Claim
from matcher.records.deeds import Deed, NewDeed

ON = date(2018, 6, 1)
AT = datetime(2018, 6, 1, 4, 0, tzinfo=UTC)


def by(actor: str = "officer-a") -> By:
    return By(actor=actor, at=AT, on=ON)


def proposal(**changes: object) -> Proposal:
    """A claim of 300 yuan with one paper to come."""
    told = Proposal(
        claim=Claim(
            pack="liujiang_2018",
            benefit="A-SVC",
            on=ON,
            claimant="b-1",
            claimant_kind="village_cadre",
            persons=("w-1",),
        ),
        source="p-1",
        title="成功推荐就业的服务补助",
        document="江政办发〔2018〕97号",
        clause="三(二)6(2)",
        version="0" * 64,
        outcome="eligible",
        amount_fen=30_000,
        papers=(("contract", "合同"), ("roll", "工资单")),
        held=("contract",),
        payees=(("village_cadre", "担任劳务经纪人的村干部"),),
        guards=("A-SVC w-1",),
    )
    return msgspec.structs.replace(told, **changes)


def refused_by_rule(reason: str = "outside_policy_window", outcome: str = "not_eligible") -> Proposal:
    return proposal(outcome=outcome, amount_fen=None, why=(Why(code=reason, sentence="这一天不在执行期内"),), guards=())


class Shelf:
    """Streams in memory; `takes` and `frees` as the store keeps them."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self.holders: dict[str, str] = {}

    def add(self, stream: str, new: Sequence[NewDeed]) -> ClaimRecord | None:
        for one in new:
            for guard in one.frees:
                if self.holders.get(guard) == stream:
                    del self.holders[guard]
            for guard in one.takes:
                if self.holders.setdefault(guard, stream) != stream:
                    raise Conflict(f"{guard} is held by {self.holders[guard]}", where=stream)
            seq = 1 + sum(deed.stream == stream for deed in self.deeds)
            fields = {name: getattr(one, name) for name in ("kind", "at", "on", "by", "subjects", "body")}
            body = msgspec.json.decode(msgspec.json.encode(fields.pop("body")))
            self.deeds.append(Deed(number=len(self.deeds) + 1, stream=stream, seq=seq, body=body, **fields))
        return read_claim(deed for deed in self.deeds if deed.stream == stream)

    def claim(self, claim_id: str = "c-1", told: Proposal | None = None) -> ClaimRecord:
        record = self.add(claim_stream(claim_id), propose(claim_id, None, told or proposal(), by()))
        assert record is not None
        return record
