"""A whole synthetic county (合成数据) as records: the same seed gives the same county, to the last byte."""

from __future__ import annotations

from datetime import date

import msgspec

from matcher.demo.draws import Draws
from matcher.demo.employers import draw_firms
from matcher.demo.households import Land, draw_homes, draw_land
from matcher.demo.people import draw_people, household_sizes
from matcher.demo.placements import draw_placements, with_filled
from matcher.demo.plots import draw_plots
from matcher.demo.rosters import draw_households, draw_identities, draw_workers
from matcher.demo.specs import CountySpec, county_spec, trades, vacancy_spec
from matcher.demo.vacancies import channel_counts, draw_vacancies, farm_groups
from matcher.demo.wishes import draw_wishes
from matcher.records import Area, AreaKind, Employer, Household, Identity, Placement, Plot, Vacancy, Worker

DEFAULT_WORKERS = 3_000
DEFAULT_VACANCIES = 260


class DemoCounty(msgspec.Struct, frozen=True, kw_only=True):
    """Records of one synthetic county on its demo day; every id begins with `demo-`."""

    jurisdiction: str
    on: date
    season: str
    workers: tuple[Worker, ...]
    identities: tuple[Identity, ...]
    households: tuple[Household, ...]
    vacancies: tuple[Vacancy, ...]
    employers: tuple[Employer, ...]
    plots: tuple[Plot, ...]
    placements: tuple[Placement, ...]
    areas: tuple[Area, ...]


def clean_records(
    jurisdiction: str, seed: int = 0, workers: int = DEFAULT_WORKERS, vacancies: int = DEFAULT_VACANCIES
) -> DemoCounty:
    """The county without the mess of files: facts are right or unknown, never wrong.

    jurisdiction : one of `jurisdictions()`, UsageError otherwise; workers >= 1; vacancies : plots' included, raised to
    one a channel where fewer are asked for. People depend on (jurisdiction, seed, workers) only, so a
    longer vacancy list leaves them as they are. 200,000 x 20,000 takes seconds (tests/bench).
    """
    county, own_trades = county_spec(jurisdiction), trades(jurisdiction)
    prefix = f"demo-{county.code}-"

    def draws(stage: str) -> Draws:
        return Draws(seed, jurisdiction, stage)

    sizes = household_sizes(draws("sizes"), workers)
    land = draw_land(county, draws("land"), sizes.size)
    homes = draw_homes(county, land, draws("homes"), sizes.size)
    people = draw_people(sizes, draws("people"), county.on)
    wishes = draw_wishes(county, own_trades, people, draws("wishes"))
    plots, holders = draw_plots(prefix, land, homes, people, draws("plots"), county.on)
    counts = channel_counts(vacancies, len(farm_groups(plots)))
    firms = draw_firms(prefix, county, land, own_trades, counts, draws("firms"))
    openings = round(wishes.n_willing * vacancy_spec().openings_per_willing_worker)
    board = draw_vacancies(prefix, county, own_trades, firms, plots, counts, draws("vacancies"), openings)
    placements = draw_placements(prefix, county, wishes, board, draws("placements"))
    return DemoCounty(
        jurisdiction=jurisdiction,
        on=county.on,
        season=county.season,
        workers=tuple(draw_workers(county, prefix, own_trades, land, homes, people, wishes, draws("workers"))),
        identities=tuple(draw_identities(county, prefix, land, homes, people, draws("identities"))),
        households=tuple(draw_households(prefix, land, homes, people, wishes, holders, draws("households"))),
        vacancies=with_filled(board.vacancies, placements),
        employers=board.employers,
        plots=plots,
        placements=placements,
        areas=_areas(county, land),
    )


def _areas(county: CountySpec, land: Land) -> tuple[Area, ...]:
    """The county's villages with their flags, then the relocation sites, which stand in one of them each."""
    found = [
        Area(
            code=village.code,
            name=village.name,
            kind=AreaKind.VILLAGE,
            parent=village.township,
            poor_village=bool(land.poor[i]),
            deep_poverty_village=bool(land.deep[i]),
            deep_poverty_township=bool(land.deep_township[i]),
        )
        for i, village in enumerate(land.villages)
    ]
    sites = [land.villages[i] for i in land.sites.tolist()]
    found += [
        Area(code=v.code, name=f"{v.township_name}{v.short}安置点（演示）", kind=AreaKind.SITE, parent=v.code)
        for v in sites
    ]
    return tuple(found)
