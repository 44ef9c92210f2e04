"""Terms of kept files: each kind has one with its law, its last day is the last, and a misfit is refused."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from matcher.office.keeping.terms import Counted, FileKind, OnErasure, Term, terms

LAST = date(2018, 3, 5)


def test_every_kind_has_a_term_that_says_why():
    assert set(terms()) == set(FileKind)
    assert all(one.source and one.reading and one.erasure_reading for one in terms().values())


@pytest.mark.parametrize("kind", [FileKind.LEDGER, FileKind.QUEUE])
def test_days_are_counted_from_the_newest_deed(kind):
    term = terms()[kind]
    last_day = LAST + timedelta(days=term.days)
    assert not term.is_over(LAST, last_day)
    assert term.is_over(LAST, last_day + timedelta(days=1))


@pytest.mark.parametrize("day", [date(2018, 1, 1), date(2018, 12, 31)])
def test_papers_of_accounts_are_kept_whole_years_after_their_year(day):
    term = terms()[FileKind.PAYMENT]
    last_day = date(day.year + term.years, 12, 31)
    assert (term.is_over(day, last_day), term.is_over(day, last_day + timedelta(days=1))) == (False, True)
    assert terms()[FileKind.REPLY].kept_until(day) == last_day


def test_reports_are_kept_for_good_and_hold_no_names():
    assert terms()[FileKind.REPORT].kept_until(LAST) is None
    assert not terms()[FileKind.REPORT].is_over(LAST, date.max)


@pytest.mark.parametrize(("counted", "days"), [(Counted.NEVER, 3), (Counted.AFTER_LAST, 0), (Counted.AFTER_YEAR, -1)])
def test_a_term_that_does_not_fit_is_refused(counted, days):
    fields = {"kind": "ledger", "title": "t", "source": "s", "reading": "r", "erasure_reading": "e"}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields | {"counted": counted, "days": days, "erasure": OnErasure.KEEP}, Term)
