"""A person erased: by an administrator alone, in two steps, out of records, seats and lists for good."""

from __future__ import annotations

import json

import county
import pytest
from audit_chain import broken_audit
from click.testing import CliRunner
from delivering import list_text
from office_desk import ON, desk, shown_to

from matcher.cli.person import person_group
from matcher.errors import Erased, InvalidInput, NotFound
from matcher.records import Kind, Worker
from matcher.records.access import Role
from matcher.records.orders import FollowUp, LabourOrder, OrderState, Seat
from matcher.services.office.erase_person import ErasePerson, erase_person
from matcher.services.rounds.replay_decision import replay_decision


@pytest.fixture
def app(make_app):
    return make_app()


def somebody(app, town=""):
    return next(
        worker
        for worker in county.application_of(app).store.records(Kind.WORKERS)
        if isinstance(worker, Worker) and worker.wish_to_work and worker.place_code.startswith(town)
    )


def seated(app, worker_id):
    """An order with the person in it, and a question about the placement."""
    orders = county.application_of(app).orders
    orders.add_order(
        LabourOrder(
            order_id="o-1", vacancy_id="v", region_code="450206", n_seats=2, state=OrderState.OPEN, broker="b",
            created_at=county.NOON, people=(
                Seat(worker_id=worker_id, place=1, changed_at=county.NOON),
                Seat(worker_id="other", place=2, partner=worker_id, changed_at=county.NOON),
            ),
        )
    )  # fmt: skip
    orders.put_follow_ups(
        [FollowUp(follow_up_id="fu-1", order_id="o-1", worker_id=worker_id, vacancy_id="v", day=7, due_on=ON)]
    )
    return orders


def call(app, worker_id, **fields):
    given = {"reason": "own_request", "actor": "liang", "role": "administrator", "now": county.NOON, "on": ON} | fields
    application = county.application_of(app)
    return erase_person(
        application.store,
        application.orders,
        application.texts,
        application.deeds,
        application.access,
        ErasePerson(worker_id=worker_id, **given),
    )


def erased_by(app):
    (entry,) = [row for row in county.application_of(app).access.audit(limit=50) if row.action == "person_erased"]
    return entry


def test_an_administrator_erases_in_two_steps_and_nothing_answers_afterwards(app):
    worker = somebody(app)
    decision = shown_to(app, worker.worker_id)
    orders = seated(app, worker.worker_id)
    texts = county.application_of(app).texts
    texts.add_text(list_text(1, "t-1", worker_id=worker.worker_id))
    client, csrf = desk(app, Role.ADMINISTRATOR)
    path = f"/office/people/{worker.worker_id}"
    assert f'href="{path}/erase"' in client.get(path).text
    form = client.get(f"{path}/erase").text
    assert "不能撤销" in form
    done = client.post(f"{path}/erase", data={"csrf": csrf, "reason": "own_request", "sure": "yes"})
    assert (done.status_code, done.location) == (303, "/office/people?erased=1")
    assert "已经永久删除" in client.get(done.location).text
    assert client.get(path).status_code == client.get(f"{path}/erase").status_code == 410
    application = county.application_of(app)
    with pytest.raises(Erased):
        replay_decision(application.store, application.settings, decision)
    assert [(seat.worker_id, seat.partner) for seat in orders.order("o-1").people] == [("other", "")]
    assert orders.follow_ups(order_id="o-1") == []
    assert texts.texts() == []
    entry = erased_by(app)
    assert (entry.subjects, entry.role) == ((worker.worker_id,), "administrator")
    assert entry.detail == {"reason": "own_request", "n_orders": 2, "n_texts": 1, "n_deeds": 0, "n_ledgers": 0}
    assert broken_audit(county.application_of(app).access) == []


@pytest.mark.parametrize("data", [{}, {"reason": "own_request"}, {"sure": "yes"}, {"reason": "因为", "sure": "yes"}])
def test_without_a_reason_and_the_tick_nobody_is_erased(app, data):
    worker = somebody(app)
    client, csrf = desk(app, Role.ADMINISTRATOR)
    refused = client.post(f"/office/people/{worker.worker_id}/erase", data={"csrf": csrf, **data})
    assert refused.status_code == 422
    assert "勾上" in refused.text
    assert client.get(f"/office/people/{worker.worker_id}").status_code == 200


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.BROKER])
def test_nobody_else_is_offered_it_or_may(app, role):
    worker = somebody(app)
    client, csrf = desk(app, role)
    path = f"/office/people/{worker.worker_id}"
    if role is not Role.BROKER:
        assert "删除资料" not in client.get(path).text
    assert client.get(f"{path}/erase").status_code == 403
    assert client.post(f"{path}/erase", data={"csrf": csrf, "reason": "own_request", "sure": "yes"}).status_code == 403
    assert county.application_of(app).store.erased([worker.worker_id]) == frozenset()


def test_an_administrator_of_a_town_reaches_its_own_people_alone(app):
    worker = somebody(app, "450206102")
    client, csrf = desk(app, Role.ADMINISTRATOR, ("450206110",))
    path = f"/office/people/{worker.worker_id}/erase"
    assert client.get(path).status_code == 404
    assert client.post(path, data={"csrf": csrf, "reason": "own_request", "sure": "yes"}).status_code == 404
    with pytest.raises(NotFound):
        call(app, worker.worker_id, regions=("450206110",))
    assert call(app, worker.worker_id, regions=("450206102",))["worker_id"] == worker.worker_id
    with pytest.raises(NotFound):
        call(app, worker.worker_id, regions=("450206102",))


def test_what_was_broken_off_is_finished_by_the_same_call(app):
    worker = somebody(app)
    orders = seated(app, worker.worker_id)
    county.application_of(app).store.erase_worker(worker.worker_id, at=county.NOON, by="liang")
    assert call(app, worker.worker_id)["n_orders"] == 2
    assert [seat.worker_id for seat in orders.order("o-1").people] == ["other"]
    with pytest.raises(Erased):
        call(app, worker.worker_id)
    assert erased_by(app).subjects == (worker.worker_id,)


def test_nobody_and_no_reason_are_refused(app):
    with pytest.raises(NotFound):
        call(app, "demo-450206-w999999")
    with pytest.raises(InvalidInput, match="为什么"):
        call(app, somebody(app).worker_id, reason="")


def test_the_command(app):
    worker = somebody(app)
    home = {"MATCHER_HOME": str(county.application_of(app).settings.home)}
    erase = ["erase", worker.worker_id, "--reason", "own_request", "--by", "liang"]
    assert CliRunner().invoke(person_group, erase[:2], env=home).exit_code == 2
    done = CliRunner().invoke(person_group, erase, env=home)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["worker_id"] == worker.worker_id
    again = CliRunner().invoke(person_group, erase, env=home)
    assert isinstance(again.exception, Erased)
    assert erased_by(app).actor == "liang"
