"""Why was this shown: a logged list built again, checked byte for byte, and one of its lines worked out in the open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from matcher.errors import Erased, NotFound, StoreError
from matcher.ports import Decision, RosterStore, StoredPlan
from matcher.records import Kind, Vacancy, Worker
from matcher.records.access import Role
from matcher.services.broker.list_sums import sums_of
from matcher.services.broker.order import order_heading
from matcher.services.documents.rule_trace import rule_trace
from matcher.services.ground.named_people import named
from matcher.services.ground.rulebook import Means, kept_means
from matcher.services.rounds.recommend import Recommend, answer_recommend
from matcher.services.rounds.replay_decision import CALLS, replay_decision

N_SHOWN: Final = 20
"""Lines of a list, and refused adverts, that a page names at once."""
KINDS: Final = {"recommend": "一个人的岗位名单", "candidates": "一个岗位的候选名单", "match": "外部系统的一次匹配"}


class ListHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which logged list, which of its lines in full (1 is the first), for which role to read.

    entry : which list of an answer that holds several (`match`), 1 is the first
    """

    decision_id: str
    role: Role
    rank: int = 1
    entry: int = 1


class TodaysList(msgspec.Struct, frozen=True, kw_only=True):
    """The call: whose list as it would be on a day, how long; `rank`, `role` as in `ListHistory`."""

    worker_id: str
    on: date
    jurisdiction: str
    top: int
    role: Role
    rank: int = 1


def list_history(store: RosterStore, means: Means, call: ListHistory) -> dict[str, Any]:
    """The list as it was, one line in full, and whether the same bytes came out.

    Raises NotFound for an unknown decision or line, Erased where somebody it rests on was erased since.
    """
    decision = _decision(store, call.decision_id)
    told = _head(decision)
    try:
        answer = msgspec.json.decode(replay_decision(store, means.settings, call.decision_id))
    except Erased:
        raise Erased(
            "这份名单里有人的资料已按要求删除，名单不能再重放",
            remedy="删除后不能恢复；名单是什么时候、按什么规则排的，记录里还有。",
        ) from None
    except StoreError as altered:
        return {**told, "same": False, "fault": altered.what, "answer": None}
    return {**told, "same": True, "fault": "", "answer": _explained(store, means, decision, answer, call)}


def todays_list(store: RosterStore, means: Means, call: TodaysList) -> dict[str, Any]:
    """A worker's list as it would be today, beside the last one logged; nothing is shown to anybody, so nothing is
    logged. Raises NotFound for an unknown worker."""
    plan = store.current_plan(call.on)
    asked = Recommend(
        worker_id=call.worker_id,
        on=call.on,
        jurisdiction=call.jurisdiction,
        top=call.top,
        seed=means.settings.seed,
        explain=True,
        refused=True,
    )
    try:
        answer, _ = answer_recommend(store, means, asked, plan=plan, revision=None)
    except NotFound:
        raise NotFound("没有这个人", remedy="请核对编号；不在您管的范围里的人，这里查不到。") from None
    told = _told(store, answer, call.role, rank=call.rank, entry=1)
    last = next((d for d in store.decisions_of(call.worker_id) if d.kind == "recommend"), None)
    return {
        "last": _head(last) if last else None,
        "ranks_then": _ranks(store, means, last) if last else {},
        "answer": _traced(store, means, told, asked, plan, None),
    }


def _decision(store: RosterStore, decision_id: str) -> Decision:
    try:
        return store.decision(decision_id)
    except NotFound:
        raise NotFound("没有这份名单", remedy="请核对名单编号；不在您管的范围里的人的名单，这里查不到。") from None


def _head(decision: Decision) -> dict[str, Any]:
    """What the log itself says: when, which inputs, which rules; nothing is reckoned for it."""
    return {
        "decision_id": decision.decision_id,
        "kind": decision.kind,
        "kind_label": KINDS[decision.kind],
        "made_at": decision.made_at.isoformat(),
        "public": bool(decision.request.get("public", False)),
        "revision": decision.revision,
        "plan_id": decision.plan_id,
        "seed": decision.seed,
        "model_sha256": decision.model,
        "rules_sha256": decision.pack,
        "input_sha256": decision.input_hash,
        "answer_sha256": decision.answer_hash,
    }


def _explained(
    store: RosterStore, means: Means, decision: Decision, answer: Mapping[str, Any], call: ListHistory
) -> dict[str, Any]:
    """The answer with the parts the log did not keep: the same call again, with every reason asked for."""
    if decision.kind == "match":
        return _told(store, answer, call.role, rank=call.rank, entry=call.entry)
    call_type, answer_call = CALLS[decision.kind]
    asked = msgspec.convert(dict(decision.request), call_type)
    more = {name: True for name in ("explain", "refused") if name in call_type.__struct_fields__}
    plan = store.plan(decision.plan_id) if decision.plan_id else None
    then = kept_means(store, decision.model, decision.pack, means.settings)
    full = msgspec.structs.replace(asked, **more)
    answer, _ = answer_call(store, then, full, plan=plan, revision=decision.revision)
    told = _told(store, answer, call.role, rank=call.rank, entry=call.entry)
    return _traced(store, then, told, full, plan, decision.revision)


def _traced(
    store: RosterStore,
    means: Means,
    told: dict[str, Any],
    asked: Any,
    plan: StoredPlan | None,
    revision: int | None,
) -> dict[str, Any]:
    """The answer with every rule the line in full was asked, in `rules`."""
    shown = told["shown"]
    told["refused_cut"] = told["n_refused"] >= means.settings.refused_limit
    if shown is not None:
        _in_words(shown["tier_rule"], means)
        other = shown.get("vacancy_id") or shown["worker_id"]
        shown["rules"] = rule_trace(store, means, asked, other, plan=plan, revision=revision)
    return told


def _told(store: RosterStore, answer: Mapping[str, Any], role: Role, *, rank: int, entry: int) -> dict[str, Any]:
    """Heading, one list in short, and the line of the rank in full; `refused_cut` if more was refused than is told."""
    lists: Sequence[Mapping[str, Any]] = answer["lists"]
    if not 1 <= entry <= max(1, len(lists)):
        raise NotFound("这次匹配里没有这一份名单", remedy="请从名单的第一份看起。")
    chosen = lists[entry - 1] if lists else {"items": []}
    items: Sequence[Mapping[str, Any]] = chosen["items"]
    if not 1 <= rank <= max(1, len(items)):
        raise NotFound("名单里没有这一位", remedy="请从名单的第一位看起。")
    first = (rank - 1) // N_SHOWN * N_SHOWN
    refused: Sequence[Mapping[str, Any]] = chosen.get("refused", [])
    plan = answer["plan"]
    return {
        **{name: answer[name] for name in ("on", "jurisdiction", "model", "pack", "warnings", "plan")},
        "n_lists": len(lists),
        "entry": entry,
        "person": _person(store, chosen.get("worker_id"), role),
        "vacancy": _vacancies(store, [chosen["vacancy_id"]])[0] if chosen.get("vacancy_id") else None,
        "note": chosen.get("note", ""),
        "routes": chosen.get("routes", []),
        "n_items": len(items),
        "first": first + 1,
        "items": _lines(store, items[first : first + N_SHOWN], role),
        "shown": sums_of(items[rank - 1], plan, _times_listed(store, plan, chosen, items[rank - 1])) if items else None,
        "not_offered": list(chosen.get("not_offered", ())),
        "n_below_floor": int(chosen.get("n_below_floor", 0)),
        "n_refused": len(refused),
        "refused_cut": False,
        "refused": _refused(store, refused[:N_SHOWN]),
    }


def _lines(store: RosterStore, items: Sequence[Mapping[str, Any]], role: Role) -> list[dict[str, Any]]:
    """Each line in short: what or who, verdict, score, reason and drawback."""
    short = ("rank", "verdict", "score", "fit_band", "tier", "sub_tier", "sentence", "drawback", "questions")
    told = [{name: item[name] for name in short} for item in items]
    if items and "vacancy_id" in items[0]:
        adverts = _vacancies(store, [item["vacancy_id"] for item in items])
        return [{**line, "vacancy": advert} for line, advert in zip(told, adverts, strict=True)]
    return [
        {**line, "person": _person(store, item.get("worker_id"), role)} for line, item in zip(told, items, strict=True)
    ]


def _refused(store: RosterStore, refused: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    adverts = _vacancies(store, [pair["vacancy_id"] for pair in refused])
    return [
        {"vacancy": advert, "reasons": pair["reasons"], "smallest_change": pair["smallest_change"]}
        for advert, pair in zip(adverts, refused, strict=True)
    ]


def _in_words(tier: dict[str, Any] | None, means: Means) -> None:
    """The flags a tier rests on, by their names."""
    if tier and tier.get("found"):
        flags = means.packs.vocabulary.flags
        tier["found"] = "、".join(flags[name].label if name in flags else name for name in tier["found"].split("、"))


def _times_listed(
    store: RosterStore, plan: Mapping[str, str] | None, chosen: Mapping[str, Any], item: Mapping[str, Any]
) -> int | None:
    """How many lists of the season the advert stands in up to now; None without a plan."""
    vacancy_id = str(item.get("vacancy_id") or chosen.get("vacancy_id") or "")
    return store.exposure_counts(plan["season"]).get(vacancy_id, 0) if plan else None


def _person(store: RosterStore, worker_id: str | None, role: Role) -> dict[str, Any] | None:
    """The person by today's record; only the id where there is none (a match of records that were never kept)."""
    if not worker_id:
        return None
    found = [worker for worker in store.records(Kind.WORKERS, ids=[worker_id]) if isinstance(worker, Worker)]
    return named(store, found, role)[0] if found else {"worker_id": worker_id, "name": "", "place": "", "phone": ""}


def _vacancies(store: RosterStore, vacancy_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Headings by today's record, in order; the id alone of an advert that has gone."""
    found = {v.vacancy_id: v for v in store.records(Kind.VACANCIES, ids=set(vacancy_ids)) if isinstance(v, Vacancy)}
    return [
        order_heading(found[name]) if name in found else {"vacancy_id": name, "title": "", "employer": "", "place": ""}
        for name in vacancy_ids
    ]


def _ranks(store: RosterStore, means: Means, last: Decision) -> dict[str, int]:
    """Vacancy id -> rank in a logged list; empty where it can no longer be built."""
    try:
        answer = msgspec.json.decode(replay_decision(store, means.settings, last.decision_id))
    except (Erased, StoreError):
        return {}
    return {item["vacancy_id"]: item["rank"] for item in answer["lists"][0]["items"]}
