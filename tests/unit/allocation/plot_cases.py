"""People who asked for land, plots, and the queue they make: what the tests of the queue share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from matcher.allocation.plot_applicants import Standing, applicants
from matcher.allocation.plot_queue import PlotQueue, plot_queue
from matcher.policy import Conventions, pack_for, standard_packs
from matcher.policy.land import land_figures
from matcher.records import Consent, Household, Judgement, Plot, TravelRange, Worker

PACKS = standard_packs()
ON = date(2018, 6, 1)
HERE, NEXT, FAR = "450206102201", "450206102202", "450206110201"
HARD, ABLE = (Judgement(value=value, by="村委", on=ON, grounds="实地看过") for value in (True, False))
YES, NO = Consent(plot=True, plot_on=date(2018, 5, 1)), Consent(plot=False)


def worker(worker_id="w1", **fields):
    told = {
        "place_code": HERE, "birth_date": date(1968, 3, 1), "registered_poor": True, "off_farm_hard": HARD,
        "consent": YES, "household_id": f"h-{worker_id}", "travel_range": TravelRange.TOWNSHIP, "relocated": False,
    }  # fmt: skip
    return Worker(worker_id=worker_id, **(told | fields))


def asked(day, **parts):
    return Consent(plot=True, plot_on=day, **parts)


def plot(plot_id="p1", area="0.3", site=HERE, **fields):
    return Plot(plot_id=plot_id, site_code=site, area_mu=Decimal(area), **fields)


def standing(people, plots, *, in_work=(), jurisdiction="liujiang_2018", held=(), unknown=(), conventions=None):
    bound = pack_for(PACKS, jurisdiction, ON)
    homes = {person.household_id for person in people if person.household_id} - set(unknown)
    return Standing(
        households={name: Household(household_id=name, holds_plot=name in held) for name in homes},
        plots=plots,
        in_work=frozenset(in_work),
        ruling=bound,
        ordering=bound,
        vocabulary=PACKS.vocabulary,
        conventions=conventions or Conventions(),
        on=ON,
    )


def queue(people, plots, **options) -> PlotQueue:
    frame = standing(people, plots, **options)
    return plot_queue(applicants(people, frame), plots, land_figures(frame.ruling, "micro_farm", ON))


def ids(entries):
    return [entry.applicant.worker_id for entry in entries]


def lists(told):
    return {"offers": ids(told.offers), "waiting": ids(told.waiting), "ask": ids(told.ask), "judge": ids(told.judge),
            "review": ids(told.review)}  # fmt: skip
