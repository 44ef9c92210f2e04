"""One person's whole history: what is recorded and from where, what was shown, what came of it, who looked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Final

import msgspec

from matcher.errors import Erased, NotFound
from matcher.policy import pack_for, tier_of, tiers, worker_flags
from matcher.policy.binding import pack_of_homes
from matcher.policy.evaluation.labels import labels_of
from matcher.policy.tiers import GENERAL, TierResult
from matcher.policy.types import Vocabulary
from matcher.ports import AccessStore, Decision, RosterStore
from matcher.records import Fact, Household, Kind, Placement, Vacancy, Worker
from matcher.records.access import AuditEntry, Role
from matcher.services.ground.named_people import named
from matcher.services.ground.rulebook import Means
from matcher.services.office.as_of import effective, worker_on
from matcher.services.office.words import label_of, told_fields, value_words
from matcher.services.react import KINDS, REASONS

N_LISTS: Final = 50
N_LOOKS: Final = 50
_HOUSEHOLD: Final = ("household_id", "able_members", "employed_members", "holds_plot", "poor_status", "relocated")
_PLACEMENT: Final = ("vacancy_id", "employer_name", "start", "end", "end_reason", "wage_yuan_month", "evidence",
                     "checked_by")  # fmt: skip
ACTIONS: Final = {
    "person": "看了来由页",
    "people": "查找到此人",
    "candidates": "看了候选名单",
    "order": "看了订单",
    "fees": "看了补助材料",
    "compare": "比较了两个人",
    "missing": "查了为什么不在名单",
    "recommend": "取了推荐名单",
    "decision": "看了一份名单的来由",
    "replay": "重放了一份名单",
    "today_list": "按今天重算了名单",
    "react": "记了本人的回应",
    "explain": "看了一对的解释",
    "match": "算了一次匹配",
    "card": "在触摸屏放了卡",
    "card_left": "卡忘在读卡器上",
    "kiosk_visit": "在带资料包的触摸屏办了一次",
    "agree": "同意用登记的情况",
    "plot_asked": "问了菜园地块",
    "plots": "看了地块名单",
    "visits": "看了回访名单",
    "visit": "记了一次回访",
    "visit_undone": "撤回了一次回访",
    "signs": "看了有迹象的就业登记",
    "sample": "看了抽查名单",
    "sample_drawn": "抽了一次样",
    "sample_found": "记了抽查结果",
    "returnees": "看了返乡帮扶名单",
    "return_warnings": "看了提前提醒的单位",
    "returnee_helper": "定了谁一对一帮扶",
    "returnee_offer": "返乡后排了新名单",
    "returnee_closed": "办结了返乡帮扶",
    "returnee_reopened": "撤回了返乡办结",
    "claims": "看了补贴清单",
    "claim": "看了一笔补贴",
    "measures": "看了补贴进度",
    "payment_file": "看了拨付文件",
    "doubles": "核对了是不是同一个人",
    "people_join": "认定为同一个人",
    "people_split": "撤回了同一个人的认定",
    "group": "看了编组",
    "group_laid_out": "编了组",
    "group_arrival": "点了到岗",
    "decision_case": "把一份名单写成算例",
    "call_list_made": "列进了呼叫单",
    "call_list": "看了呼叫单",
    "call_card": "打开了呼叫卡",
    "call": "记了通话结果",
    "broker_calls": "核对了劳务员的通话",
    "group_text": "取了发群里的话",
    "search_kept": "存了一次查找",
    "seats": "看了座位",
    "manifest": "看了名册",
    "leader": "定了带队人",
    "sign_manifest": "签了名册",
    "check_in": "记了上车",
    "depart": "记了发车",
    "follow_ups": "看了回访名单",
    "follow_up": "记了回访",
    "call_backs": "看了要回的电话",
    "call_back": "打开了要回的电话",
    "sms_number": "看了号码，回他要的电话",
    "sms_call": "回了电话",
    "sms_draft": "看了要发的短信",
    "sms_sending": "看了发给他的短信",
    "sms_inbox": "看了他的回信",
    "text_consent": "记了愿不愿意收短信",
    "returns": "看了返乡登记",
    "return_noted": "登记了返乡",
    "registers": "看了名册上的名单",
    "register_book": "下载了名册",
    "report": "看了报表的名单",
    "audit": "看了谁看过此人",
    "ending": "看了快到期的合同和身份",
}
"""Verbs of the audit as an officer reads them; one that is not here stands as it is."""


class PersonHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The call: whose history, on which day labels are computed, under which pack, for which role to read.

    everywhere : the reader's regions are all of the database; else somebody erased is as unknown as somebody elsewhere
    """

    worker_id: str
    on: date
    jurisdiction: str
    role: Role
    everywhere: bool = True


def person_history(store: RosterStore, access: AccessStore, means: Means, call: PersonHistory) -> dict[str, Any]:
    """Everything kept of a person, in order. NotFound for an unknown one, Erased for one whose data were destroyed."""
    worker = _worker(store, call)
    facts = store.history(Kind.WORKERS, call.worker_id)
    lists = store.decisions_of(call.worker_id, limit=N_LISTS)
    looks = access.audit(subject=call.worker_id, limit=N_LOOKS)
    (person,) = named(store, [worker], call.role)
    return {
        "person": person,
        "on": call.on.isoformat(),
        "facts": _facts(facts),
        **_standing(worker_on(call.worker_id, facts, call.on) or worker, means, call),
        "words": _words(worker, means.packs.vocabulary),
        "household": _household(store, worker),
        "lists": [_list(decision) for decision in lists],
        "orders": [_order(entry) for entry in looks if entry.action == "candidates"],
        "exposures": _exposures(store, call),
        "placements": _placements(store, call.worker_id),
        "reactions": _reactions(access, store, lists),
        "looks": [_look(entry) for entry in looks],
    }


def _worker(store: RosterStore, call: PersonHistory) -> Worker:
    for worker in store.records(Kind.WORKERS, ids=[call.worker_id]):
        if isinstance(worker, Worker):
            return worker
    if call.everywhere and store.erased([call.worker_id]):
        raise Erased("这个人的资料已按要求删除", remedy="删除后不能恢复；谁在什么时候看过，审计记录还在。")
    raise NotFound("没有这个人", remedy="请核对编号；不在您管的范围里的人，这里查不到。")


def _facts(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Every statement of every field, fields together, the newest first by the day it holds from.

    `now` marks the one that counts today.
    """
    by_field: dict[str, list[Fact]] = {}
    for fact in sorted(facts, key=effective):
        by_field.setdefault(fact.field, []).append(fact)
    order = {name: index for index, name in enumerate(Worker.__struct_fields__)}
    told = []
    for name in sorted(by_field, key=lambda name: order.get(name, len(order))):
        for index, fact in enumerate(reversed(by_field[name])):
            told.append(_fact(fact, now=index == 0))
    return told


def _fact(fact: Fact, *, now: bool) -> dict[str, Any]:
    source = fact.source
    return {
        "field": fact.field,
        "label": label_of(Kind.WORKERS, fact.field),
        "value": value_words(fact.field, msgspec.to_builtins(fact.value)),
        "now": now,
        "since": fact.since.isoformat() if fact.since else "",
        "batch_id": source.batch_id,
        "file": source.file,
        "sheet": source.sheet,
        "row": source.row,
        "by": source.by,
        "imported_on": source.imported_at.date().isoformat() if source.imported_at else "",
    }


def _standing(worker: Worker, means: Means, call: PersonHistory) -> dict[str, Any]:
    """Labels and tier of the day: computed from the facts, never stored, each with what it rests on."""
    packs = means.packs
    bound = (
        pack_for(packs, call.jurisdiction, call.on)
        if call.jurisdiction
        else pack_of_homes(packs, [worker.place_code], call.on)
    )
    flags = worker_flags(worker, on=call.on, vocabulary=packs.vocabulary)
    result = tier_of(flags, tiers(bound.pack, GENERAL))
    return {
        "labels": [
            {"name": name, "label": term.label, "holds": flags[name], "ask": term.ask if flags[name] is None else ""}
            for name, term in packs.vocabulary.flags.items()
            if name in flags and flags[name] is not False and not _of_a_pair(name)
        ],
        "tier": _tier(result, packs.vocabulary),
        "warnings": list(bound.warnings),
    }


def _words(worker: Worker, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Which group word each year's documents have for the person, as of the day it is counted to; None = unknown."""
    return [
        {
            "vocabulary": row.vocabulary,
            "counted_to": row.counted_to.isoformat(),
            "label": vocabulary.words.get(row.label) or vocabulary.flags[row.label].label,
            "holds": row.holds,
        }
        for row in labels_of(worker, vocabulary)
        if row.holds is not False
    ]


def _of_a_pair(name: str) -> bool:
    """`local` compares a home with a post; of a person alone nobody can say it."""
    return name == "local"


def _tier(result: TierResult, vocabulary: Vocabulary) -> dict[str, Any]:
    def words(names: Collection[str]) -> list[str]:
        return [vocabulary.flags[name].label for name in names if name in vocabulary.flags]

    return {
        "rank": result.rank,
        "sub_rank": result.sub_rank,
        "label": result.label,
        "document": result.document,
        "clause": result.clause,
        "because": words(result.flags_used),
        "unknown": words(result.unknown_flags),
    }


def _household(store: RosterStore, worker: Worker) -> dict[str, Any] | None:
    if not worker.household_id:
        return None
    found = [h for h in store.records(Kind.HOUSEHOLDS, ids=[worker.household_id]) if isinstance(h, Household)]
    rows = told_fields(found[0], _HOUSEHOLD) if found else []
    return {"household_id": worker.household_id, "known": bool(found), "fields": rows}


def _list(decision: Decision) -> dict[str, Any]:
    return {
        "decision_id": decision.decision_id,
        "made_at": decision.made_at.isoformat(),
        "on": str(decision.request.get("on", "")),
        "public": bool(decision.request.get("public", False)),
        "plan_id": decision.plan_id,
    }


def _order(entry: AuditEntry) -> dict[str, Any]:
    """A candidate list somebody read that held the person."""
    return {
        "at": entry.at.isoformat(),
        "by": entry.actor,
        "vacancy_id": entry.subjects[0] if entry.subjects else "",
        "decision_id": str(entry.detail.get("decision_id", "")),
    }


def _exposures(store: RosterStore, call: PersonHistory) -> dict[str, Any] | None:
    """What the season's plan listed to the person; None where no plan holds the day."""
    plan = store.current_plan(call.on)
    if plan is None:
        return None
    ids = sorted(store.exposures(plan.season).get(call.worker_id, frozenset()))
    return {"season": plan.season, "vacancies": _titles(store, ids)}


def _titles(store: RosterStore, vacancy_ids: Collection[str]) -> list[dict[str, str]]:
    found = store.records(Kind.VACANCIES, ids=vacancy_ids)
    titles = {vacancy.vacancy_id: vacancy for vacancy in found if isinstance(vacancy, Vacancy)}
    return [
        {
            "vacancy_id": name,
            "title": titles[name].title if name in titles else "",
            "employer": (titles[name].employer_name or "") if name in titles else "",
        }
        for name in vacancy_ids
    ]


def _placements(store: RosterStore, worker_id: str) -> list[dict[str, Any]]:
    mine = [
        placement
        for placement in store.records(Kind.PLACEMENTS)
        if isinstance(placement, Placement) and placement.worker_id == worker_id
    ]
    ordered = sorted(mine, key=lambda placement: placement.start, reverse=True)
    return [
        {"placement_id": placement.placement_id, "fields": told_fields(placement, _PLACEMENT)} for placement in ordered
    ]


def _reactions(access: AccessStore, store: RosterStore, lists: Iterable[Decision]) -> list[dict[str, Any]]:
    found = {
        reaction.event_id: reaction
        for decision_id in dict.fromkeys(decision.decision_id for decision in lists)
        for reaction in access.reactions(decision_id)
    }
    ordered = sorted(found.values(), key=lambda reaction: reaction.ts, reverse=True)
    titles = {row["vacancy_id"]: row for row in _titles(store, sorted({r.vacancy_id for r in ordered}))}
    return [
        {
            "at": reaction.ts.isoformat(),
            "what": KINDS.get(reaction.kind, reaction.kind),
            "reason": REASONS.get(reaction.reason_code, reaction.reason_code),
            "decision_id": reaction.decision_id,
            **titles[reaction.vacancy_id],
        }
        for reaction in ordered
    ]


def _look(entry: AuditEntry) -> dict[str, Any]:
    role = Role(entry.role).label if entry.role in set(Role) else entry.role
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "by": entry.actor,
        "role": role,
        "what": ACTIONS.get(entry.action, entry.action),
    }
