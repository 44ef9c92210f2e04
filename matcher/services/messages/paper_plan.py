"""Plan B, and for everybody without texts: call lists, sheets for the villages, slips; the same jobs of one plan.

Nothing is sent and nothing is kept but the log of the lists. A number stands on the call list only of somebody who
asked for texts and has not refused; of everybody else the village is asked to pass the word on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Final, NamedTuple

import xlsxwriter

from matcher.messaging.job_slot import job_slot
from matcher.messaging.recipients import Held, Line, choose
from matcher.messaging.season import local
from matcher.messaging.templates import greeting
from matcher.records import Kind, Vacancy, Worker
from matcher.services.ground.place_words import home_words
from matcher.services.messages.desk import By, Desk
from matcher.services.messages.people_facts import Known, people_known
from matcher.services.messages.text_lists import N_JOBS, PersonList, job_of, lists_of
from matcher.services.messages.write_lists import PlanTexts

CALLS: Final = "打电话名单"
VILLAGES: Final = "村里张贴"
SLIPS: Final = "小票"
LINE_UNITS: Final = 40
BY_WORD: Final = "没同意留号码，请村里带话"
PLOT: Final = "另有菜园地块可以种，面积和办法到窗口问"
FREE: Final = "不收钱；有人收钱请打12333。"
_NOT_CALLED: Final = frozenset({Held.IN_WORK, Held.DECLINED, Held.REFUSED})
_PASSED_ON: Final = frozenset({Held.NOT_ASKED, Held.DEAD, Held.WRONG_PERSON, Held.CROWDED, Held.LANDLINE, Held.FOREIGN,
                               Held.NO_PHONE, Held.UNREADABLE})  # fmt: skip


class PaperLine(NamedTuple):
    """Somebody on paper. phone : "" where it may not be shown, or reaches nobody; jobs : in words, best first."""

    village: str
    name: str
    phone: str
    jobs: tuple[str, ...]
    plot: bool


def paper_plan(desk: Desk, call: PlanTexts, by: By) -> list[PaperLine]:
    """Everybody who would work and is not out, by village and name, with their jobs."""
    on = local(by.at, desk.rules).date()
    known = people_known(desk, by.regions, by.at)
    facts = [fact._replace(n_jobs=1, household_id=None) for fact in known.facts.values()]
    # Only consent and number decide here: hours, caps and shared phones are matters of texts.
    lines = {phone: Line(line.refused_at) for phone, line in known.lines.items()}
    held = choose([fact._replace(sent_at=()) for fact in facts], lines, by.at, desk.rules).held
    posts = {post.vacancy_id: post for post in desk.store.records(Kind.VACANCIES) if isinstance(post, Vacancy)}
    wanted = [one for one in sorted(known.workers) if held.get(one) not in _NOT_CALLED]
    found = []
    asked = wanted[: call.most_people or None]
    for person in lists_of(desk, asked, on=on, jurisdiction=call.jurisdiction, at=by.at):
        if person.jobs or person.plot:
            shown = held.get(person.worker_id) not in _PASSED_ON
            found.append(_line(desk, known, person, posts, phone_shown=shown))
    desk.tell(by, "sms_paper", n_people=len(found))
    return sorted(found, key=lambda line: (line.village, line.name))


def _line(
    desk: Desk, known: Known, person: PersonList, posts: Mapping[str, Vacancy], *, phone_shown: bool
) -> PaperLine:
    worker: Worker = known.workers[person.worker_id]
    near = desk.rules.contact.kilometres_home_daily
    told = (
        job_slot(job_of(posts[vacancy_id], worker.place_code, near), LINE_UNITS)
        for vacancy_id, _ in person.jobs
        if vacancy_id in posts
    )
    jobs = tuple(job for job in told if job)[:N_JOBS]
    phone = known.facts[person.worker_id].phone or ""
    return PaperLine(
        village=home_words(worker.place_code),
        name=known.names.get(person.worker_id) or "",
        phone=phone if phone_shown else "",
        jobs=jobs,
        plot=person.plot,
    )


def paper_file(lines: Sequence[PaperLine]) -> bytes:
    """The workbook: a call list, a sheet of jobs per village without people, and slips with no more than a surname."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "text_wrap": True})
    jobs = [f"岗位{nr}" for nr in range(1, N_JOBS + 1)]
    _sheet(book, CALLS, bold, ("村", "姓名", "电话", *jobs, "菜园地块", "结果"), [_call_row(line) for line in lines])
    _sheet(book, VILLAGES, bold, ("村", "岗位", "适合的人数"), _village_rows(lines))
    _sheet(book, SLIPS, bold, ("村", "称呼", *jobs, "说明"), [_slip_row(line) for line in lines])
    book.close()
    return stream.getvalue()


def _sheet(
    book: xlsxwriter.Workbook, name: str, bold: object, header: Sequence[str], rows: Sequence[Sequence[str | int]]
) -> None:
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, header, bold)
    for nr, row in enumerate(rows, start=1):
        sheet.write_row(nr, 0, row)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 1, 16)
    sheet.set_column(2, len(header) - 1, 30)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _call_row(line: PaperLine) -> list[str]:
    return [line.village, line.name, line.phone or BY_WORD, *_padded(line.jobs), PLOT if line.plot else "", ""]


def _slip_row(line: PaperLine) -> list[str]:
    return [line.village, greeting(line.name), *_padded(line.jobs), f"{PLOT}。{FREE}" if line.plot else FREE]


def _village_rows(lines: Sequence[PaperLine]) -> list[list[str | int]]:
    found = Counter((line.village, job) for line in lines for job in line.jobs)
    ordered = sorted(found.items(), key=lambda entry: (entry[0][0], -entry[1], entry[0][1]))
    return [[village, job, n] for (village, job), n in ordered]


def _padded(jobs: Sequence[str]) -> list[str]:
    return [*jobs, *[""] * (N_JOBS - len(jobs))]
