"""Write matcher/messaging/data/spring_festival.csv: the first day of the Chinese year, 1990 to 2100.

Reckoned from the sky by the rule of GB/T 33661-2017 with PyEphem (MIT; pip install ephem): months begin on the day of
the new moon in civil time of UTC+8; the month of the winter solstice is the eleventh; where thirteen months begin from
one solstice month to the next, the first without a principal term is a leap month. A year begins two months after the
eleventh, three if a leap month stands between. New moons within an hour of midnight are printed: those would be the
doubtful ones (the nearest is 4 minutes away; the reckoning is good to seconds, and to about a minute in 2100).
"""

from __future__ import annotations

import csv
import math
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import ephem

FIRST, LAST = 1990, 2100
ZONE = timedelta(hours=8)
TARGET = Path(__file__).parents[2] / "matcher" / "messaging" / "data" / "spring_festival.csv"


def civil(moment: ephem.Date) -> datetime:
    """A moment of UT as civil time of China."""
    return ephem.Date(moment).datetime() + ZONE


def new_moons(first: date, n: int) -> list[datetime]:
    """The next `n` new moons after a day, in civil time."""
    found, at = [], ephem.Date(datetime(first.year, first.month, first.day) - ZONE)  # noqa: DTZ001 -- PyEphem counts UT
    for _ in range(n):
        at = ephem.next_new_moon(at)
        found.append(civil(at))
    return found


def principal_term(day: date) -> int:
    """Which twelfth of the ecliptic of date the sun stands in when a civil day begins."""
    at = ephem.Date(datetime(day.year, day.month, day.day) - ZONE)  # noqa: DTZ001 -- PyEphem counts UT
    sun = ephem.Sun(at)
    longitude = math.degrees(ephem.Ecliptic(ephem.Equatorial(sun.g_ra, sun.g_dec, epoch=at), epoch=at).lon)
    return int(longitude // 30)


def has_term(begins: date, ends: date) -> bool:
    """Whether a principal term falls on a day from `begins` up to the day before `ends`."""
    return principal_term(begins) != principal_term(ends)


def solstice_month(moons: list[date], year: int) -> int:
    """Index of the month that holds the winter solstice of a year."""
    solstice = civil(ephem.next_winter_solstice(str(year) + "/6/30")).date()
    return max(i for i, day in enumerate(moons) if day <= solstice)


def new_year(year: int) -> datetime:
    """The new moon with which a year begins."""
    exact = new_moons(date(year - 1, 11, 1), 18)
    moons = [moment.date() for moment in exact]
    begins, ends = solstice_month(moons, year - 1), solstice_month(moons, year)
    leap = None
    if ends - begins == 13:
        leap = next(i for i in range(begins + 1, ends) if not has_term(moons[i], moons[i + 1]))
    return exact[begins + 2 + (leap is not None and leap <= begins + 2)]


def main() -> None:
    """Write the table; print what stands within an hour of midnight."""
    rows = []
    for year in range(FIRST, LAST + 1):
        moment = new_year(year)
        minutes = moment.hour * 60 + moment.minute
        if min(minutes, 1440 - minutes) < 60:
            sys.stdout.write(f"{year}: new moon {moment:%Y-%m-%d %H:%M:%S}\n")
        rows.append((year, moment.date().isoformat()))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("year", "first_day"), *rows])


if __name__ == "__main__":
    main()
