"""The office's meters as pages and the command line tell them: workshops, firms, posts, classes, fairs, promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from matcher.errors import NotFound
from matcher.office.claims.cases import Case
from matcher.office.claims.measures import Rules, base_shares
from matcher.office.claims.welfare import Finding
from matcher.office.claims.workshop import MeterState
from matcher.policy.binding import pack_for
from matcher.policy.evaluation.conventions import from_settings
from matcher.policy.figures.in_force import FiguresOn
from matcher.records import Channel, Employer, Kind, Placement, Vacancy, Worker
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.programmes import programmes_told
from matcher.services.claims.targets import behind_targets, targets_told
from matcher.services.claims.verdicts import verdict_told
from matcher.services.claims.welfare_told import audited, welfare_told
from matcher.services.claims.workshop_meters import workshop_meters, workshops_told
from matcher.services.documents.county_figures import kept_figures
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.placed_cases import cases_of_placements, placements_of
from matcher.services.ground.refuted import refuted_on

OF_PEOPLE: Final = frozenset(
    {"worker_ids", "unknown", "unproved", "trained", "certified", "in_work", "stable", "hired", "people"}
    | {"placement_ids"}
)
CLASS_FIGURES: Final = {
    "trained": "训了的",
    "certified": "取证的",
    "in_work": "有工作的",
    "stable": "稳定就业的",
    "unproved": "说在做事、还不能计入的",
}


def measures_told(desk: ClaimDesk) -> dict[str, Any]:
    """Every meter for the desk's regions; firms and fairs are told where the reader answers for the whole county."""
    rules = rules_of(desk)
    every = cases_of_placements(desk.store, placements_of(desk.store))
    whole = not desk.regions
    return {
        "on": desk.on.isoformat(),
        "document": rules.pack.cited,
        "whole_county": whole,
        **workshops_told(workshop_meters(every, desk, rules), desk, rules),
        "firms": _firms(desk, every, rules) if whole else [],
        **welfare_told(desk, every, rules),
        "targets": targets_told(desk, rules),
        **programmes_told(desk, [case.placement for case in every], rules),
    }


def measures_waiting(desk: ClaimDesk) -> dict[str, int]:
    """For the page of the day: workshops' workers whose window closes with one more idle month, contracts of welfare
    posts that are over. The figures are those of measures_told."""
    rules = rules_of(desk)
    every = cases_of_placements(desk.store, _of_shops_and_posts(desk))
    meters = workshop_meters(every, desk, rules)
    posts = [case for case in every if case.channel is Channel.WELFARE_POST]
    return {
        "n_closing": sum(one.meter.state is MeterState.CLOSING for one in meters),
        "n_exits": sum(Finding.OVER in one.findings for one in audited(desk, posts, rules)),
    }


def _of_shops_and_posts(desk: ClaimDesk) -> list[Placement]:
    """Placements that may be of a workshop or a welfare post: the few of a county that have to be looked at closer."""
    channels = (Channel.WORKSHOP, Channel.WELFARE_POST)
    firms = desk.store.records(Kind.EMPLOYERS)
    adverts = desk.store.records(Kind.VACANCIES)
    of_firm = {one.employer_id for one in firms if isinstance(one, Employer) and one.kind in channels}
    of_post = {one.vacancy_id for one in adverts if isinstance(one, Vacancy) and one.channel in channels}
    listed = placements_of(desk.store)
    return [one for one in listed if one.vacancy_id in of_post or one.employer_id in of_firm]


def without_people(told: Any) -> Any:
    """What measures_told says without the ids behind its figures: a page that shows nobody's name names nobody."""
    if isinstance(told, Mapping):
        return {name: without_people(value) for name, value in told.items() if name not in OF_PEOPLE}
    return [without_people(one) for one in told] if isinstance(told, list) else told


def rules_of(desk: ClaimDesk) -> Rules:
    """The document in force with its conventions and the county's figures of the day."""
    pack = pack_for(desk.means.packs, desk.jurisdiction, desk.on).asked
    county = FiguresOn(figures=kept_figures(desk.store), on=desk.on)
    return Rules(pack, from_settings(desk.means.settings), county)


def _firms(desk: ClaimDesk, every: Iterable[Case], rules: Rules) -> list[dict[str, Any]]:
    employers = [one for one in desk.store.records(Kind.EMPLOYERS) if isinstance(one, Employer)]
    names = {one.employer_id: one.name for one in employers}
    listed = list(every)
    workers = {case.worker.worker_id: case.worker for case in listed}
    refuted = refuted_on(desk.deeds, desk.on)
    shares = base_shares(employers, (case.placement for case in listed), workers, desk.on, rules, refuted)
    return [
        {
            "employer_id": one.employer_id,
            "employer": names[one.employer_id],
            "year": one.year,
            "total": one.total,
            "counted": len(one.worker_ids),
            "worker_ids": list(one.worker_ids),
            "unproved": list(one.unproved),
            "n_unproved": len(one.unproved),
            "by_report": one.by_report,
            "stated": one.stated,
            "differs": one.differs,
            "required": one.required,
            **verdict_told(one.verdict),
        }
        for one in shares
    ]


def behind(told: Mapping[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """Every figure of the meters that counts people -> what it is called, and their ids; `told` as measures_told."""
    found: dict[str, tuple[str, list[str]]] = {}
    for one in told["workshop_states"]:
        found[f"workshops/{one['state']}"] = (f"车间奖补：{one['label']}", one["worker_ids"])
    for one in told["firms"]:
        found[f"firm/{one['employer_id']}"] = (f"{one['employer']} {one['year']}年用的人", one["worker_ids"])
        beside = f"{one['employer']} 说在那里做事、还不能计入的人"
        found[f"firm/{one['employer_id']}/unproved"] = (beside, one["unproved"])
    found["posts"] = ("在公益性岗位上的人", told["audit"]["worker_ids"])
    for one in told["villages"]["rows"]:
        found[f"village/{one['place_code']}"] = (f"{one['name']}在岗的人", one["worker_ids"])
    for one in told["audit"]["findings"]:
        found[f"audit/{one['finding']}"] = (f"公益性岗位：{one['label']}", one["worker_ids"])
    found["audit/unknown"] = ("公益性岗位：身份没登记，不知道是不是文件写的对象", told["audit"]["unknown"])
    for one in told["unlike_pay"]:
        found[f"unlike/{one['title']}"] = (f"同样的岗待遇不一样：{one['title']}", one["worker_ids"])
    for one in told["classes"]:
        for name, label in CLASS_FIGURES.items():
            found[f"class/{one['programme_id']}/{name}"] = (f"{one['title']} {label}", one[name])
    for one in (told["fairs"] or {"rows": []})["rows"]:
        found[f"fair/{one['programme_id']}"] = (f"{one['title']} 录用的", one["hired"])
    found |= behind_targets(told["targets"])
    for one in told["others"]:
        found[f"other/{one['programme_id']}"] = (f"{one['title']} 的人", one["people"])
    return found


def names_behind(desk: ClaimDesk, figure: str) -> dict[str, Any]:
    """The people of one figure, names masked. NotFound for a figure that is none, or is none of this day's."""
    found = behind(measures_told(desk)).get(figure)
    if found is None:
        raise NotFound("没有这个数", where=figure, remedy="请从车间、基地、岗位、培训那一页重新点进来。")
    title, ids = found
    workers = [one for one in desk.store.records(Kind.WORKERS, ids=sorted(set(ids))) if isinstance(one, Worker)]
    people = masked_people(desk.store, workers) if ids else {}
    rows = [people[one] for one in dict.fromkeys(ids) if one in people]
    return {
        "on": desk.on.isoformat(),
        "title": title,
        "n": len(set(ids)),
        "people": [{"worker_id": one.worker_id, "name": one.name, "place": one.place} for one in rows],
    }


def measure_rows(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every meter as rows with the name of its measure first."""
    rows: list[dict[str, Any]] = []
    for name in ("workshops", "firms", "terms", "unlike_pay", "classes", "others"):
        rows += [{"measure": name, **row} for row in told[name]]
    rows += [{"measure": "targets", **row} for row in (told["targets"] or {"rows": []})["rows"]]
    rows.append({"measure": "villages", **told["villages"]})
    return rows + ([{"measure": "fairs", **told["fairs"]}] if told["fairs"] else [])
