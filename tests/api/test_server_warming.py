"""What the first visitor would wait for is done before: nothing is logged for it, and nobody's record is read again."""

from __future__ import annotations

from api.state import state_of
from api.warming import warm
from matcher import features
from matcher.records import Kind
from matcher.services.broker import people_index
from matcher.services.rounds.list_candidates import ListCandidates, answer_candidates


def test_after_warming_no_roster_is_encoded_again(app, monkeypatch):
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
        call = ListCandidates(
            vacancy_id=post.vacancy_id, on=on, top=3, jurisdiction=settings.jurisdiction, seed=settings.seed
        )
        answer_candidates(state.records, state.application.means, call, plan=None, revision=revision)
    assert encoded == []


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
