"""Courses that would close a gap: open training places by the trade or certificate they lead to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from matcher.language.skills import normalise_skill
from matcher.language.trade_words import spoken_terms
from matcher.ports import RosterStore
from matcher.records import Channel, Kind, Vacancy
from matcher.services.ground.answering import vacancy_named
from matcher.services.ground.place_words import home_words

N_COURSES: Final = 3
_CERTIFICATE: Final = "证"


def courses_for(store: RosterStore, lacking: Iterable[str], on: date) -> list[dict[str, Any]]:
    """Courses with places left that lead to one of the skills or certificates lacking, most places first.

    Of each lacking thing N_COURSES at most; a course is named by its place, its title and what is left, two of one
    name by what tells them apart.
    """
    terms = list(dict.fromkeys(map(normalise_skill, lacking)))
    if not terms:
        return []
    open_courses = [
        vacancy
        for vacancy in store.records(Kind.VACANCIES)
        if isinstance(vacancy, Vacancy) and vacancy.channel is Channel.TRAINING and vacancy.open_on(on)
    ]
    return [course for term in terms for course in _of_term(term, open_courses)]


def courses_of_order(store: RosterStore, vacancy_id: str, on: date) -> list[dict[str, Any]]:
    """Courses for what an order asks people to know or to hold; NotFound for an unknown vacancy."""
    vacancy = vacancy_named(store, vacancy_id)
    return courses_for(store, (*(vacancy.skills_required or ()), *(vacancy.certificates_required or ())), on)


def _of_term(term: str, courses: Iterable[Vacancy]) -> list[dict[str, Any]]:
    leading = [course for course in courses if _leads_to(course, term)]
    leading.sort(key=lambda course: (-course.places_left, course.vacancy_id))
    shown = leading[:N_COURSES]
    names = Counter(map(_name, shown))
    return [
        {
            "lacking": term,
            "vacancy_id": course.vacancy_id,
            "title": course.title,
            "place": home_words(course.place_code),
            "places_left": course.places_left,
            "sentence": f"差{term}：{_told_apart(course, shown) if names[_name(course)] > 1 else _name(course)}"
            f"还有{course.places_left}个名额",
        }
        for course in shown
    ]


def _name(course: Vacancy) -> str:
    return f"{home_words(course.place_code)}{course.title}"


def _told_apart(course: Vacancy, shown: Iterable[Vacancy]) -> str:
    """A course named as another is, with the first thing that differs: its days, who gives it, its number."""
    alike = [other for other in shown if _name(other) == _name(course)]
    for words in (_days, _giver, lambda one: f"编号{one.vacancy_id}"):
        if len({words(one) for one in alike}) == len(alike) and words(course):
            return f"{_name(course)}（{words(course)}）"
    return _name(course)


def _days(course: Vacancy) -> str:
    told = ((course.valid_from, "起"), (course.valid_to, "止"))
    return "，".join(f"{day:%-m月%-d日}{word}" for day, word in told if day is not None)


def _giver(course: Vacancy) -> str:
    return course.employer_name or ""


def _leads_to(course: Vacancy, term: str) -> bool:
    """Whether a course teaches a skill, or prepares for the certificate of it: an electrician's for 电工证."""
    taught = spoken_terms(course.title).union(*map(spoken_terms, course.skills_preferred or ()))
    skill = normalise_skill(term.removesuffix(_CERTIFICATE)) if term.endswith(_CERTIFICATE) else term
    return term in taught or skill in taught
