"""The lists of a plan against what they promise, read from the records and not from how the lists were made.

As with people who are sent (`allocation.check`), a plan that breaks a promise is neither kept nor written. Whether a
pair may be offered is judged anew from its two records, twice: by the columns of the rounds for every so many-th person
of a sample, as the lists of a crowd come from an index that they know nothing of; and by the plain rules, one pair at a
time, for a smaller sample, as they share no code with the columns. All are judged where people are few.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher import eligibility
from matcher.errors import InvalidInput, Problem
from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.services.rounds.match_round import Rosters, law_frame
from matcher.services.rounds.season import Season

SAMPLE: Final = 2_000
"""People, at least, whose pairs are judged anew by the columns."""
SAMPLE_LINES: Final = 2_000
"""Lines, about, that the plain rules judge anew, those of one person all or none."""
MOST_TOLD: Final = 20
"""Of each promise, the first that are named."""
UNKNOWN_POST: Final = -1
REDO: Final = "请把这份名册交给维护人员。"


def require_kept(season: Season, line: Mapping[str, Any], told: Sequence[Mapping[str, Any]]) -> None:
    """Raise InvalidInput with every promise that lists of a plan break, by ids alone.

    line : what the file says before its lists; told : the list of everybody, in roster order
    """
    problems = (
        *_people(season, told),
        *(one for found in _of_lines(season, line, told) for one in islice(found, MOST_TOLD)),
    )
    if problems:
        raise InvalidInput("计划没有通过核对，没有写出", problems, where="plan", remedy="按每条提示处理后重新计划。")


@dataclass(frozen=True, slots=True)
class _Lines:
    """All lines of all lists: whose, and which post by its position, UNKNOWN_POST where the roster has none."""

    season: Season
    items: Sequence[Mapping[str, Any]]
    worker_ix: NDArray[np.int64]
    post: NDArray[np.int64]

    @classmethod
    def of(cls, season: Season, told: Sequence[Mapping[str, Any]]) -> _Lines:
        """The lines in the order of the lists."""
        at = {vacancy.vacancy_id: ix for ix, vacancy in enumerate(season.rosters.vacancies)}
        items = [item for entry in told for item in entry["items"]]
        post = np.array([at.get(item["vacancy_id"], UNKNOWN_POST) for item in items], dtype=np.int64)
        sizes = np.array([len(entry["items"]) for entry in told], dtype=np.int64)
        return cls(season, items, np.repeat(np.arange(len(told)), sizes), post)

    def problems(self, what: str, at: NDArray[np.bool_], expected: str) -> Iterator[Problem]:
        """A problem for each line that breaks a promise."""
        workers = self.season.rosters.workers
        for ix in np.flatnonzero(at).tolist():
            pair = f"{workers[int(self.worker_ix[ix])].worker_id} 的 {self.items[ix]['vacancy_id']}"
            yield Problem(column=what, found=pair, expected=expected, fix=REDO)


def _people(season: Season, told: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """Everybody who is planned for has one list."""
    asked, listed = [worker.worker_id for worker in season.rosters.workers], [entry["worker_id"] for entry in told]
    if asked != listed:
        yield Problem(
            column="people", found=f"{len(listed)}份名单", expected=f"{len(asked)}个愿意的人每人一份", fix=REDO
        )


def _of_lines(
    season: Season, line: Mapping[str, Any], told: Sequence[Mapping[str, Any]]
) -> Iterator[Iterator[Problem]]:
    """The promises, each with the lines that break it."""
    if len(told) != len(season.rosters.workers):
        return
    lines = _Lines.of(season, told)
    nth = np.arange(len(lines.post)) - np.searchsorted(lines.worker_ix, lines.worker_ix)
    yield lines.problems("length", nth >= season.call.top, f"一份名单至多{season.call.top}条")
    yield lines.problems("vacancy", _not_open(lines), "名册里当天还招人的岗位")
    yield lines.problems("twice", _twice(lines), "一份名单里每个岗位只出现一次")
    yield lines.problems("shown", _shown(lines), "这一季没有推荐过给本人的岗位")
    yield lines.problems("order", _behind(lines), "得分高的在前")
    prices = line["prices"]
    priced = np.array([item["slot_price"] != prices.get(item["vacancy_id"]) for item in lines.items], dtype=np.bool_)
    yield lines.problems("price", priced, "名额价和计划第一行写的一样")
    yield lines.problems("eligibility", _refused(lines), "条件全部核实、符合岗位要求")


def _not_open(lines: _Lines) -> NDArray[np.bool_]:
    posts, on = lines.season.rosters.vacancies, lines.season.call.on
    shut = [ix for ix in np.unique(lines.post).tolist() if ix == UNKNOWN_POST or not posts[ix].open_on(on)]
    return np.isin(lines.post, shut)


def _twice(lines: _Lines) -> NDArray[np.bool_]:
    """Lines whose post stands in the same list before."""
    key = lines.worker_ix * (len(lines.season.rosters.vacancies) + 1) + lines.post
    again = np.ones(len(key), dtype=np.bool_)
    again[np.unique(key, return_index=True)[1]] = False
    return again


def _shown(lines: _Lines) -> NDArray[np.bool_]:
    """Lines of posts that were listed to the same person earlier in the season."""
    workers, shown = lines.season.rosters.workers, lines.season.shown
    before = [shown.get(worker.worker_id, frozenset()) for worker in workers] if shown else []
    return np.array(
        [
            bool(before) and item["vacancy_id"] in before[ix]
            for ix, item in zip(lines.worker_ix, lines.items, strict=True)
        ],
        dtype=np.bool_,
    )


def _behind(lines: _Lines) -> NDArray[np.bool_]:
    """Lines with a higher score than the line before them in the same list."""
    score = np.array([item["score"] for item in lines.items], dtype=np.float64)
    risen = np.zeros(len(score), dtype=np.bool_)
    risen[1:] = (np.diff(score) > 0) & (np.diff(lines.worker_ix) == 0)
    return risen


def _refused(lines: _Lines) -> NDArray[np.bool_]:
    """Lines, of the people judged anew, of pairs that may not be offered by the columns or by the plain rules."""
    rosters = lines.season.rosters
    frame = law_frame(lines.season.means, lines.season.call.on)
    return _by_columns(lines, rosters, frame) | _by_rules(lines, rosters, frame)


def _by_columns(lines: _Lines, rosters: Rosters, frame: eligibility.Frame) -> NDArray[np.bool_]:
    """What the verdicts over columns refuse, of SAMPLE people."""
    every = max(1, len(rosters.workers) // SAMPLE)
    at = _lines_of(lines, every)
    posts, post = np.unique(lines.post[at], return_inverse=True)
    judged = eligibility.assess(
        Pairs((lines.worker_ix[at] // every).astype(np.int32), post.astype(np.int32)),
        eligibility.encode_workers(rosters.workers[::every], frame),
        eligibility.encode_vacancies([rosters.vacancies[ix] for ix in posts.tolist()], frame),
        frame,
    )
    refused = np.zeros(len(lines.post), dtype=np.bool_)
    refused[at] = judged["verdict"] != Verdict.YES
    return refused


def _by_rules(lines: _Lines, rosters: Rosters, frame: eligibility.Frame) -> NDArray[np.bool_]:
    """What the plain rules refuse, of about SAMPLE_LINES lines."""
    refused = np.zeros(len(lines.post), dtype=np.bool_)
    for ix in _lines_of(lines, max(1, len(lines.post) // SAMPLE_LINES)).tolist():
        worker, post = rosters.workers[lines.worker_ix[ix]], rosters.vacancies[lines.post[ix]]
        refused[ix] = bool(eligibility.findings(worker, post, frame))
    return refused


def _lines_of(lines: _Lines, every: int) -> NDArray[np.intp]:
    """Positions of the lines of every so many-th person that name a post of the roster."""
    return np.flatnonzero((lines.worker_ix % every == 0) & (lines.post != UNKNOWN_POST))
