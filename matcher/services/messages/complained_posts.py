"""Posts that complaints are about, whether an order is open for them or not: to be halted, or let go on."""

from __future__ import annotations

from typing import Any

from matcher.errors import NotFound
from matcher.records import Kind, Vacancy
from matcher.records.replies import CallTask
from matcher.records.texts import Act
from matcher.services.messages.call_queue import task_at
from matcher.services.messages.desk import By, Desk, moment
from matcher.services.rosters.suspension import is_suspended


def complained_posts(desk: Desk, by: By) -> dict[str, Any]:
    """Each post that a complaint of the regions names, the latest complaint first; nobody who complained is named.

    A post is proposed (`proposed`) while the call of one of its complaints is still to be made and it is not halted.
    """
    complaints = [task for task in desk.texts.tasks(regions=by.regions) if _names_a_post(task)]
    complaints.sort(key=lambda task: (task.created_at, task.task_id), reverse=True)
    of_post: dict[str, list[CallTask]] = {}
    for task in complaints:
        of_post.setdefault(task.vacancy_id, []).append(task)
    posts = desk.store.records(Kind.VACANCIES, ids=sorted(of_post)) if of_post else ()
    known = {post.vacancy_id: post for post in posts if isinstance(post, Vacancy)}
    rows = [_told(desk, known[vacancy_id], tasks) for vacancy_id, tasks in of_post.items() if vacancy_id in known]
    return {"posts": rows, "n_halted": sum(row["halted"] for row in rows)}


def post_of_complaint(desk: Desk, task_id: str, by: By) -> str:
    """The post a complaint of the regions is about; NotFound for any other call."""
    task = task_at(desk, task_id, by)
    if not _names_a_post(task):
        raise NotFound("这个电话不是投诉岗位的", where=task_id, remedy="请从停岗核查的列表里点。")
    return task.vacancy_id


def _names_a_post(task: CallTask) -> bool:
    return task.reason == Act.COMPLAINT.value and bool(task.vacancy_id)


def _told(desk: Desk, post: Vacancy, tasks: list[CallTask]) -> dict[str, Any]:
    halted = is_suspended(post)
    return {
        "task_id": tasks[0].task_id,
        "vacancy_id": post.vacancy_id,
        "title": post.title,
        "employer": post.employer_name,
        "n_complaints": len(tasks),
        "last": moment(tasks[0].created_at, desk.rules),
        "halted": halted,
        "proposed": not halted and any(task.done_at is None for task in tasks),
    }
