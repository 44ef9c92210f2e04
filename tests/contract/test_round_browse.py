"""Pages of adverts over a real store, imports between them: what the first page saw is what all pages tell."""

from __future__ import annotations

from datetime import date

import pytest
from store_factories import change, worker, write

from matcher.policy import standard_packs
from matcher.records import Kind
from matcher.scoring import hand_card
from matcher.services.browse_vacancies import Browse, browse
from matcher.services.ground.rulebook import Means
from matcher.settings import Settings
from matcher.store import remembering

ON = date(2018, 6, 1)


def posts(*numbers, **fields):
    base = {"title": "缝纫工", "channel": "workshop", "place_code": "450206", "headcount": 3}
    return [change(f"v{n:02d}", row=n + 2, **base, **fields) for n in numbers]


@pytest.mark.parametrize("remembers", [False, True])
def test_pages_over_concurrent_imports_have_neither_gap_nor_double(store, remembers):
    write(store, "b0", posts(*range(10)), Kind.VACANCIES)
    means = Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())
    seen, cursor = remembering(store) if remembers else store, ""
    told = []
    imports = [
        ("b1", posts(1, 3, 5, valid_to="2018-05-01"), Kind.VACANCIES),
        ("b2", [worker("w1")], Kind.WORKERS),
        ("b3", posts(*range(20, 30), valid_from="2018-05-31"), Kind.VACANCIES),
    ]
    for batch in (*imports, None):
        answer = browse(seen, means, Browse(on=ON, limit=3, cursor=cursor))
        told += [item["vacancy_id"] for item in answer["items"]]
        assert answer["total"] == 10
        cursor = answer["next"]
        if batch:
            write(store, *batch)
    assert told == [f"v{n:02d}" for n in range(10)]
    assert cursor == ""
    fresh = browse(seen, means, Browse(on=ON, limit=100))
    assert fresh["total"] == 17
    assert fresh["items"][0]["vacancy_id"] == "v20"
