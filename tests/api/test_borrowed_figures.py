"""What another county's document says stands in where the own one is silent, and is told as such: 参照."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from office_desk import desk

from matcher.policy import standard_packs
from matcher.records.figures import CountyFigure
from matcher.services.ground.rulebook import Means
from matcher.services.tracking.suspects import lowest_wage
from matcher.settings import Settings

ON = date(2018, 6, 1)


class Figures:
    """A store with the figures of a county alone."""

    def __init__(self, *figures):
        self.figures = list(figures)

    def county_figures(self):
        return self.figures


FIGURE = CountyFigure(
    pack_id="liujiang_2018", parameter_id="welfare_post_subsidy", value=Decimal(1430), unit="元/月",
    from_=date(2018, 2, 1), source="桂政办发", author="liang", recorded_on=date(2018, 2, 1),
)  # fmt: skip


@pytest.mark.parametrize(("binds", "borrowed"), [("liujiang_2018", False), ("hekou_2018", True), ("450206", False)])
def test_the_lowest_wage_says_whose_it_is(binds, borrowed):
    means = Means(packs=standard_packs(), settings=Settings(jurisdiction=binds), model_body=b"")
    told = lowest_wage(Figures(FIGURE), means, ON)
    assert (told.yuan_month, told.document, told.borrowed) == (1430, "江政办发〔2018〕97号", borrowed)
    assert lowest_wage(Figures(), means, ON).yuan_month is None


def test_months_of_another_document_are_marked_on_the_page(app):
    client = desk(app)[0]
    steps = client.get("/office/visits.json").get_json()["steps"]
    assert [(step["months"], step["borrowed"]) for step in steps] == [(1, False), (3, True), (6, True)]
    assert "（参照河政办发〔2018〕6号" in client.get("/office/visits").get_data(as_text=True)
