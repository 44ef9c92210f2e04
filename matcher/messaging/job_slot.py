"""A job in the few characters a text has for it: whole pieces, the title first; nothing is cut in the middle.

缝纫工 月3200起 离家4公里. A piece that does not fit is left out, a later and shorter one may still come in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from matcher.messaging.segments import units
from matcher.messaging.wording import faults, standard_wording
from matcher.records import PlaceClass

_BRACKETED: Final = re.compile(r"[(（\[［【〔<《][^)）\]］】〕>》]*[)）\]］】〕>》]")
_BREAKS: Final = re.compile(r"[、/／,，;；|+]|\s+")
_NEAR: Final = {
    PlaceClass.SAME_VILLAGE: ("就在本村", "本村"),
    PlaceClass.SAME_TOWNSHIP: ("就在本镇", "本镇"),
    PlaceClass.SAME_COUNTY: ("本县",),
}


class Job(NamedTuple):
    """What a text may tell of a job. wages : yuan a month; kilometres : from home, None unknown; city : of the work.

    place : None where the home or the place of work is unknown; comes_home : it is near enough for every evening
    own_business : a stall is one's own, nobody pays a wage there
    """

    title: str
    wage_low: int | None = None
    wage_high: int | None = None
    place: PlaceClass | None = None
    kilometres: int | None = None
    city: str = ""
    lodging: bool | None = None
    board: bool | None = None
    comes_home: bool = False
    own_business: bool = False


def job_slot(job: Job, most: int) -> str | None:
    """The job in at most `most` UTF-16 units; None if not even its title fits, or may not be sent at all.

    The longest form of the title that leaves room for the wage, else the longest that fits; the range of the wage
    gives way to the place, "from 4300 in 佛山市" tells more than "4300-5900".
    """
    titles = [title for title in titles_of(job.title) if units(title) <= most]
    roomy = [title for title in titles if any(_fits(title, wage, most) for wage in _wages(job))]
    title = next(iter(roomy or titles), None)
    if title is None:
        return None
    told = title
    for forms in (_wages_beside_place(job, title, most), _places(job), _keep(job)):
        piece = next((form for form in forms if _fits(told, form, most)), "")
        told = f"{told} {piece}" if piece else told
    return None if faults(told, standard_wording()) else told


def _wages_beside_place(job: Job, title: str, most: int) -> list[str]:
    """The forms of the wage, those first that leave room for where the job is."""
    wages, places = _wages(job), list(_places(job))
    return sorted(wages, key=lambda wage: not any(_fits(f"{title} {wage}", place, most) for place in places))


def _fits(told: str, piece: str, most: int) -> bool:
    return units(told) + 1 + units(piece) <= most


def titles_of(title: str) -> list[str]:
    """The forms a title may take, longest first: without what stands in brackets, then its first part alone."""
    whole = " ".join(unicodedata.normalize("NFC", title).split())
    bare = _BRACKETED.sub("", whole).strip()
    first = next((part for part in _BREAKS.split(bare) if part), "")
    forms = dict.fromkeys(form for form in (whole, bare, first) if form)
    return [form for form in forms if not faults(form, standard_wording())]


def _wages(job: Job) -> list[str]:
    low, high = job.wage_low, job.wage_high
    if job.own_business:
        return ["自己经营"]
    if low is None:
        return ["工钱面议"] if high is None else [f"月最高{high}"]
    if high is None:
        return [f"月{low}起"]
    return [f"月{low}"] if low == high else [f"月{low}-{high}", f"月{low}起"]


def _places(job: Job) -> Iterator[str]:
    if job.kilometres and job.place in (PlaceClass.SAME_TOWNSHIP, PlaceClass.SAME_COUNTY, PlaceClass.SAME_CITY):
        yield f"离家{job.kilometres}公里"
    yield from _NEAR.get(job.place, ()) if job.place else ()
    if job.city and job.place not in _NEAR:
        yield job.city


def _keep(job: Job) -> Iterator[str]:
    if job.lodging:
        yield from ("包吃包住", "包住") if job.board else ("包住",)
    elif job.comes_home:
        yield "每天回家"
    elif job.board:
        yield "包吃"
