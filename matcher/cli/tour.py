"""The five-minute tour: what the program answers for a synthetic county, with the commands that ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from matcher.bootstrap import Application
from matcher.records import Kind, Vacancy, Worker
from matcher.services.rounds.list_candidates import ListCandidates, list_candidates
from matcher.services.rounds.recommend import Recommend, answer_recommend

LINE = "-" * 78
FULL_LIST = 3
LOOK_AT = 250


def show_tour(app: Application, *, at: datetime) -> None:
    """Print a worker's list, a plot's route and a vacancy's candidates, each with the command behind it.

    at : when the candidates were shown, as the log of decisions keeps it
    """
    settings = app.settings
    call: dict[str, Any] = {"on": settings.today, "jurisdiction": settings.jurisdiction, "seed": settings.seed}
    workers = [worker for worker in app.store.records(Kind.WORKERS) if isinstance(worker, Worker)]
    young = _first(app, workers, call, _varied)
    older = _first(app, workers, call, lambda answer: any(r["outcome"] == "offer_priority" for r in answer["routes"]))
    older = older or _first(app, workers, call, lambda answer: any(route["first"] for route in answer["routes"]))
    for title, found in (("A worker's list 推荐名单", young), ("The 45+ route 微田园", older)):
        if found is not None:
            click.echo(f"{LINE}\n{title}（合成数据）\n$ matcher recommend --worker {found['worker_id']} --explain\n")
            _print_list(app, found)
    vacancy = _busy_vacancy(app)
    if vacancy is not None:
        listed = list_candidates(
            app.store, app.means, ListCandidates(vacancy_id=vacancy.vacancy_id, top=5, **call), at=at
        )["lists"][0]
        title = f"Candidates 候选人 for {vacancy.title}（合成数据）"
        click.echo(f"{LINE}\n{title}\n$ matcher candidates --vacancy {vacancy.vacancy_id}\n")
        for item in listed["items"]:
            click.echo(
                f"  {item['rank']}. {item['worker_id']}  band {item['fit_band']}  tier {item['tier']}  "
                f"fit {item['fit']:.3f}  {item['sentence']}；{item['drawback']}"
            )
        click.echo(f"  ({listed['n_yes']} may be offered, {listed['n_unknown']} with an open question)")
    click.echo(
        f"{LINE}\nMore: matcher explain --worker ID --vacancy ID | matcher policy show {app.settings.jurisdiction} | "
        "matcher model show --format table"
    )


def _varied(answer: dict[str, Any]) -> bool:
    """Three jobs that may be offered, each with a reason of its own, and no plot beside them."""
    reasons = {item["sentence"] for item in answer["items"] if item["verdict"] == "yes"}
    return len(reasons) == len(answer["items"]) >= FULL_LIST and not answer["routes"]


def _first(
    app: Application, workers: list[Worker], call: dict[str, Any], wanted: Callable[[dict[str, Any]], bool]
) -> dict[str, Any] | None:
    """The first of the first workers whose list shows what the tour wants to show; nothing is logged by looking."""
    plan = app.store.current_plan(call["on"])
    for worker in workers[:LOOK_AT]:
        asked = Recommend(worker_id=worker.worker_id, top=app.settings.top, explain=True, **call)
        answer, _ = answer_recommend(app.store, app.means, asked, plan=plan, revision=None)
        if wanted(answer["lists"][0]):
            return answer["lists"][0]  # type: ignore[no-any-return]
    return None


def _print_list(app: Application, listed: dict[str, Any]) -> None:
    titles = {v.vacancy_id: v for v in app.store.records(Kind.VACANCIES) if isinstance(v, Vacancy)}
    for route in listed["routes"]:
        place = "first" if route["first"] else "beside the jobs"
        click.echo(
            f"  微田园 ({place}): {route['outcome']}, {route['document']} {route['clause']}  {route['sentence']}"
        )
    for item in listed["items"]:
        click.echo(
            f"  {item['rank']}. {titles[item['vacancy_id']].title}  score {item['score']:.3f} = "
            f"apply {item['p_apply']:.2f} x hire {item['p_hire']:.2f} x keep {item['p_keep']:.2f} "
            f"x factors {_factors(item):.2f} - price {item['slot_price']:.3f}  {item['places_left']} places left\n"
            f"     {item['sentence']}；{item['drawback']}"
        )


def _factors(item: dict[str, Any]) -> float:
    return float(item["household_factor"] * item["priority_factor"] * item["group_factor"])


def _busy_vacancy(app: Application) -> Vacancy | None:
    """The open vacancy with the highest slot price."""
    plan = app.store.current_plan(app.settings.today) if app.settings.today else None
    if plan is None or not plan.prices:
        return None
    wanted = max(sorted(plan.prices), key=lambda vacancy_id: plan.prices[vacancy_id])
    return next((v for v in app.store.records(Kind.VACANCIES, ids=[wanted]) if isinstance(v, Vacancy)), None)
