"""What the first visitor would wait for is done before: nothing is logged for it, and nobody's record is read again."""

from __future__ import annotations

import pytest

from api.state import state_of
from api.v1.attendant import Attendant
from api.warming import warm, warm_office
from matcher import features
from matcher.records import Kind
from matcher.services.broker import people_index
from matcher.services.registers.ledger import Asked, ledger
from matcher.services.rounds import whole_order
from matcher.services.rounds.list_candidates import ListCandidates, answer_candidates


def test_after_warming_nobody_is_encoded_but_who_is_shown(app, monkeypatch):
    monkeypatch.setattr(whole_order, "FEWEST_INDEXED", 1)
    state = state_of(app)
    revision = state.records.revision()
    warm(app)
    assert state.records.revision() == revision
    encoded = []
    build = features.encode_workers

    def counting(workers, *rest, **options):
        encoded.append(len(workers))
        return build(workers, *rest, **options)

    monkeypatch.setattr(features, "encode_workers", counting)
    on, settings = state.application.today(), state.application.settings
    for post in [post for post in state.records.records(Kind.VACANCIES) if post.open_on(on)][-2:]:
        for public in (True, False):
            call = ListCandidates(
                vacancy_id=post.vacancy_id,
                on=on,
                top=3,
                jurisdiction=settings.jurisdiction,
                seed=settings.seed,
                public=public,
            )
            answer_candidates(state.records, state.application.means, call, plan=None, revision=revision)
    assert len(state.records.records(Kind.WORKERS)) > len(encoded)
    assert max(encoded) <= 3


def test_after_warming_a_search_reads_nobody_again(app, monkeypatch):
    state = state_of(app)
    warm(app)
    opened = []
    of_store = state.records.identities
    monkeypatch.setattr(people_index, "encode_people", lambda workers: opened.append(len(workers)))
    monkeypatch.setattr(
        type(state.application.store), "identities", lambda _, ids: opened.append(len(ids)) or of_store(ids)
    )
    means, on = state.application.means, state.application.today()
    people = people_index.present(state.records, state.application.orders, means, on).people
    assert len(people.names()) == len(state.records.records(Kind.WORKERS))
    assert opened == []


def test_after_an_import_the_office_waits_for_no_register(app, monkeypatch):
    state = state_of(app)
    warm_office(app)
    opened = []
    monkeypatch.setattr(type(state.application.store), "identities", lambda _, ids: opened.append(len(ids)) or {})
    on, jurisdiction = state.application.today(), state.application.settings.jurisdiction
    asked = Asked(on=on, jurisdiction=jurisdiction).known_by(state.application.deeds)
    means = state.application.means
    book = ledger(state.records, means, asked, identities=True)
    # The same people, worked out once; only what the heading says of deeds may be another number.
    assert ledger(state.records, means, asked, identities=True).people is book.people
    assert book.people
    assert opened == []


@pytest.mark.parametrize(("revisions", "n_warmed"), [((1, 2), 1), ((2, 2), 0)])
def test_the_attendant_warms_only_what_an_import_changed(app, monkeypatch, revisions, n_warmed):
    attendant, told, warmed = Attendant(state_of(app)), iter(revisions), []
    monkeypatch.setattr(attendant, "_run", lambda: None)
    monkeypatch.setattr(attendant, "_revision", lambda: next(told))
    attendant.afterwards = lambda: warmed.append(1) or 1 / 0
    attendant.wake()
    assert attendant.rest(60)
    assert len(warmed) == n_warmed
