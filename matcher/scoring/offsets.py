"""What a firm's, a town's or a route's own record adds to a stage, beside the tables: who it is of, how it is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.records import Vacancy, Worker
from matcher.scoring.model import OFFSET_KINDS, AdditiveModel

EMPLOYER, TOWN, ROUTE = OFFSET_KINDS
NOBODY: Final = -1
TOWNSHIP_DIGITS: Final = 9
CITY_DIGITS: Final = 4
LABELS: Final = {EMPLOYER: "这家单位", TOWN: "所在乡镇", ROUTE: "本村去那里的人"}
SENTENCES: Final = {
    ("apply", EMPLOYER): ("从前的名单里，报名去这家单位的人比较多", "从前的名单里，报名去这家单位的人比较少"),
    ("hire", EMPLOYER): ("从前去应聘的人，这家单位录用得比较多", "从前去应聘的人，这家单位录用得比较少"),
    ("keep", EMPLOYER): ("从前去这家单位的人，做满半年的比较多", "从前去这家单位的人，做满半年的比较少"),
    ("apply", TOWN): ("从前的名单里，本乡镇报名的人比较多", "从前的名单里，本乡镇报名的人比较少"),
    ("apply", ROUTE): ("从前的名单里，本村报名去那里的人比较多", "从前的名单里，本村报名去那里的人比较少"),
    ("hire", ROUTE): ("从前本村去那里应聘的人，被录用的比较多", "从前本村去那里应聘的人，被录用的比较少"),
    ("keep", ROUTE): ("从前本村去那里的人，做满半年的比较多", "从前本村去那里的人，做满半年的比较少"),
    ("hire", TOWN): ("从前本乡镇的人，被录用的比较多", "从前本乡镇的人，被录用的比较少"),
    ("keep", TOWN): ("从前本乡镇的人，做满半年的比较多", "从前本乡镇的人，做满半年的比较少"),
}
"""(stage, kind) -> what is said when the record is better than the tables expect, and when it is worse."""


def town_of(worker: Worker) -> str:
    """Code of the township a person lives in, as far as the address says it."""
    return worker.place_code[:TOWNSHIP_DIGITS]


def employer_of(vacancy: Vacancy) -> str:
    """Id of the firm of a post, "" where it is not known."""
    return vacancy.employer_id or ""


def route_of(home: str, work: str) -> str:
    """Name of the way from a place of residence to the city of a post, "" where nobody leaves the city for it."""
    city = work[:CITY_DIGITS]
    return f"{home}>{city}" if city and home and home[:CITY_DIGITS] != city else ""


def positions(model: AdditiveModel, kind: str, names: Iterable[str]) -> NDArray[np.int32]:
    """Of each name its position in the offset tables of a kind, NOBODY where the model knows nothing of it."""
    known = model.names[kind]
    return np.array([known.get(name, NOBODY) for name in names], dtype=np.int32)


def offset_sentence(stage: str, kind: str, part: int) -> str:
    """What is said of a contribution that an offset makes."""
    better, worse = SENTENCES[stage, kind]
    return better if part > 0 else worse


def route_positions(
    model: AdditiveModel,
    homes: Sequence[str],
    works: Sequence[str],
    home_ix: NDArray[np.intp],
    work_ix: NDArray[np.intp],
) -> NDArray[np.int32]:
    """Of each pair of a home and a place of work the position of its route; each different pair of codes read once."""
    villages, village_of = np.unique(np.array(homes, dtype=np.str_), return_inverse=True)
    cities, city_of = np.unique(np.array([work[:CITY_DIGITS] for work in works], dtype=np.str_), return_inverse=True)
    names = (route_of(home, work) for home in villages.tolist() for work in cities.tolist())
    table = positions(model, ROUTE, names).reshape(len(villages), len(cities))
    return table[village_of[home_ix], city_of[work_ix]]
