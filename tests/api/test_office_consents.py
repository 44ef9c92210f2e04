"""Who wants texts, on a person's page: the words by version, every answer with its proof, as easily undone."""

from __future__ import annotations

import county
import pytest
from county import application_of
from order_desk import Desk
from texting_desk import person_of

from matcher.records.access import Role


@pytest.fixture
def app(make_app):
    return make_app()


def test_a_yes_is_kept_with_its_words_and_a_no_is_as_easy(app):
    officer = Desk(app, Role.OFFICER)
    person, phone = person_of(app)
    place = f"/office/people/{person.worker_id}"
    now = officer.client.get(f"{place}.json").get_json()["texts"]
    fields = {"channel": "desk", "where": "里团村委会", "words": now["words_version"]}
    assert officer.post(f"{place}/texts", agreed="yes", **fields).status_code == 303
    told = officer.client.get(f"{place}.json").get_json()["texts"]
    assert (told["label"], told["answers"][0]["words"], told["answers"][0]["by"]) == (
        "愿意收短信", now["words"], officer.name,
    )  # fmt: skip
    county.clock(app).advance(seconds=1)
    assert officer.post(f"{place}/texts", agreed="no", **fields).status_code == 303
    page = officer.client.get(place).get_data(as_text=True)
    assert "不收短信" in page
    assert now["words"] in page
    assert phone not in page
    assert len(application_of(app).texts.consents([person.worker_id])[person.worker_id]) == 2


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"agreed": "yes", "channel": "pigeon"}, 422),
        ({"agreed": "", "channel": "desk"}, 422),
        ({"agreed": "yes", "channel": "desk", "words": "v999"}, 404),
    ],
)
def test_an_answer_that_is_none_is_refused(app, fields, status):
    person, _ = person_of(app)
    answer = Desk(app, Role.OFFICER).post(f"/office/people/{person.worker_id}/texts", **fields)
    assert answer.status_code == status
    assert not application_of(app).texts.consents([person.worker_id])


def test_the_auditor_and_another_township_note_nothing(app):
    person, _ = person_of(app, "450206110")
    place = f"/office/people/{person.worker_id}"
    assert Desk(app, Role.AUDITOR).post(f"{place}/texts", agreed="no", channel="desk").status_code == 403
    assert Desk(app, Role.OFFICER, "450206102").post(f"{place}/texts", agreed="no", channel="desk").status_code == 404
