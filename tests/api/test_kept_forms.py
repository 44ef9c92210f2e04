"""A form that meets an ended session is given back after the sign-in: to its own writer, without files and secrets."""

from __future__ import annotations

import io
import re

import county
import pytest
from browsers import enter

from api.auth import drafts
from matcher.records.access import Role

FIGURE = "/office/figures/liujiang_2018/welfare_post_subsidy"
TYPED = {"value": "1430", "unit": "元/月", "from": "2018-03-01", "to": "", "author": "覃样例", "source": "会议纪要3号"}


@pytest.fixture
def app(make_app):
    return make_app()


def hidden(page, name, near):
    """The value of a hidden field of the form that posts to `near`."""
    form = next(part for part in page.split("<form")[1:] if f'action="{near}"' in part.split(">")[0])
    return re.search(rf'name="{name}" value="([^"]*)"', form)[1]


def opened(browser, path, near=None):
    """The hidden fields a form of a page carries."""
    page = browser.get(path).text
    return {name: hidden(page, name, near or path) for name in ("csrf", "draft")}


def given_up(app):
    county.clock(app).advance(minutes=31)


def switch(browser, name):
    """Somebody signs in anew at this browser."""
    browser.delete_cookie("matcher_session")
    assert enter(browser, name).status_code == 303


def signed_in(app, role=Role.OFFICER):
    browser, name = app.test_client(), county.new_user(app, role)
    enter(browser, name)
    return browser, name


def test_a_figure_comes_back_as_it_was_typed_and_is_gone_once_recorded(app):
    browser, name = signed_in(app)
    fields = opened(browser, FIGURE)
    given_up(app)
    sent = browser.post(FIGURE, data={**fields, **TYPED})
    assert (sent.status_code, sent.location) == (303, f"/login?next={FIGURE}&kept=1")
    assert "刚才填的内容已经留着" in browser.get(sent.location).text
    assert enter(browser, name).status_code == 303
    told = browser.get(f"{FIGURE}.json").json
    assert {key: told["typed"][key] for key in TYPED} == TYPED
    page = browser.get(FIGURE).text
    assert "填的还在，没有登记" in page
    assert 'value="会议纪要3号"' in page
    again = browser.post(FIGURE, data={**opened(browser, FIGURE), **told["typed"]})
    assert (again.status_code, again.location) == (303, FIGURE)
    assert browser.get(f"{FIGURE}.json").json["kept_at"] == ""
    assert [row["source"] for row in browser.get(f"{FIGURE}.json").json["history"]] == ["会议纪要3号"]


def test_nothing_is_recorded_without_a_session(app):
    browser, _ = signed_in(app)
    fields = opened(browser, FIGURE)
    given_up(app)
    browser.post(FIGURE, data={**fields, **TYPED})
    assert county.application_of(app).store.county_figures() == []


def test_of_an_import_the_choices_come_back_and_the_file_does_not(app):
    browser, name = signed_in(app)
    fields = opened(browser, "/office/imports")
    given_up(app)
    data = {**fields, "kind": "vacancies", "channel": "workshop", "file": (io.BytesIO(b"a,b\n1,2\n"), "posts.csv")}
    sent = browser.post("/office/imports", data=data, content_type="multipart/form-data")
    assert sent.location == "/login?next=/office/imports&kept=1"
    enter(browser, name)
    told = browser.get("/office/imports.json").json
    assert told["typed"] == {"kind": "vacancies", "channel": "workshop"}
    page = browser.get("/office/imports").text
    assert '<option value="workshop" selected>' in page
    assert "文件请重新选" in page
    kept = county.application_of(app).orders.draft(name, "import")
    assert kept.fields == {"kind": "vacancies", "channel": "workshop"}


def test_an_order_half_written_comes_back(app):
    browser, name = signed_in(app, Role.BROKER)
    fields = opened(browser, "/broker/orders/new")
    given_up(app)
    typed = {"line": "东莞制衣 缝纫 40人", "employer": "东莞样例制衣厂", "headcount": "40", "do": "check"}
    sent = browser.post("/broker/orders/new", data={**fields, **typed}, headers={"HX-Request": "true"})
    assert sent.headers["HX-Redirect"] == "/login?next=/broker/orders/new&kept=1"
    enter(browser, name)
    told = browser.get("/broker/orders/new.json").json
    assert told["line"] == "东莞制衣 缝纫 40人"
    assert (told["fields"]["employer"], told["fields"]["headcount"]) == ("东莞样例制衣厂", "40")


def test_only_its_writer_gets_it(app):
    browser, name = signed_in(app)
    fields = opened(browser, FIGURE)
    given_up(app)
    browser.post(FIGURE, data={**fields, **TYPED})
    _, other = signed_in(app)
    switch(browser, other)
    assert browser.get(f"{FIGURE}.json").json["typed"]["source"] == ""
    switch(browser, name)
    assert browser.get(f"{FIGURE}.json").json["typed"]["source"] == "会议纪要3号"


def test_another_who_signed_in_meanwhile_sends_and_keeps_nothing(app):
    browser, name = signed_in(app)
    fields = opened(browser, FIGURE)
    _, other = signed_in(app)
    switch(browser, other)
    assert browser.post(FIGURE, data={**fields, **TYPED}).status_code == 403
    orders = county.application_of(app).orders
    assert orders.draft(name, "figure liujiang_2018 welfare_post_subsidy") is None
    assert orders.draft(other, "figure liujiang_2018 welfare_post_subsidy") is None


def test_a_page_of_ones_session_before_is_given_back_at_once(app):
    browser, name = signed_in(app)
    fields = opened(browser, FIGURE)
    switch(browser, name)
    sent = browser.post(FIGURE, data={**fields, **TYPED})
    assert (sent.status_code, sent.location) == (303, FIGURE)
    assert browser.get(f"{FIGURE}.json").json["typed"]["source"] == "会议纪要3号"
    assert county.application_of(app).store.county_figures() == []


@pytest.mark.parametrize(
    "spoil", [lambda mark: mark[:-1] + "0", lambda mark: "e30=." + mark.split(".")[1], lambda _: "x", lambda _: "."]
)
def test_a_mark_that_this_server_did_not_make_keeps_nothing(app, spoil):
    browser, name = signed_in(app)
    fields = opened(browser, FIGURE)
    given_up(app)
    spoilt = spoil(fields["draft"])
    if spoilt == fields["draft"]:
        spoilt = fields["draft"][:-1] + "1"
    assert browser.post(FIGURE, data={**fields, **TYPED, "draft": spoilt}).status_code == 401
    assert county.application_of(app).orders.draft(name, "figure liujiang_2018 welfare_post_subsidy") is None


def test_another_site_leaves_nothing_in_anybodys_form(app):
    browser, name = signed_in(app)
    fields = opened(browser, FIGURE)
    given_up(app)
    refused = browser.post(FIGURE, data={**fields, **TYPED}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert county.application_of(app).orders.draft(name, "figure liujiang_2018 welfare_post_subsidy") is None


def test_secrets_and_floods_are_not_kept(app):
    browser, name = signed_in(app)
    fields = opened(browser, FIGURE)
    given_up(app)
    flood = {f"f{at}": "x" for at in range(drafts.MOST_FIELDS)}
    browser.post(FIGURE, data={**fields, "password": "p", "code": "1", "value": "1", "long": "y" * 30_000, **flood})
    kept = county.application_of(app).orders.draft(name, "figure liujiang_2018 welfare_post_subsidy").fields
    assert kept["value"] == "1"
    assert not {"csrf", "draft", "password", "code", "long"} & kept.keys()
    assert len(kept) < drafts.MOST_FIELDS


def test_after_a_day_it_is_forgotten(app):
    browser, name = signed_in(app)
    fields = opened(browser, FIGURE)
    given_up(app)
    browser.post(FIGURE, data={**fields, **TYPED})
    county.clock(app).advance(hours=25)
    enter(browser, name)
    assert browser.get(f"{FIGURE}.json").json["kept_at"] == ""
    assert county.application_of(app).orders.draft(name, "figure liujiang_2018 welfare_post_subsidy") is None
    stale = browser.post(FIGURE, data={**fields, **TYPED})
    assert stale.status_code == 403
