"""Another region's people do not exist: their ids answer byte for byte like ids that nobody has."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from crawl_calls import Call
from crawl_county import PAGES, TOKENS

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("walk")]
"""Whichever test comes first waits for the whole walk."""

REGIONAL = [asker.name for asker in (*PAGES, *TOKENS) if asker.regions or asker.subject]
FINDS = frozenset({"office.find", "broker.orders", "start.sign_in_page", "broker.show_number", "broker.set_leader"})
"""Searches find nothing for either, and say so with a page; words of one's own beside a deed are nobody's."""
OWN_WAY = frozenset({"X-Request-Id", "Content-Length", "Set-Cookie", "Date"})


@pytest.mark.parametrize("name", REGIONAL)
def test_a_foreign_id_answers_like_an_unknown_one(walk, name):
    crawler = walk.of(name)
    told = {v.call.url: v for v in crawler.visits if v.call.sort == "unknown" and v.call.method == "GET"}
    foreign = [visit for visit in crawler.visits if visit.call.sort == "foreign"]
    assert foreign
    refused = set()
    for visit in foreign:
        theirs, nobodys = swapped(crawler, visit.call)
        call = Call(
            visit.call.method,
            visit.call.url.replace(theirs, nobodys),
            tuple((name, text.replace(theirs, nobodys)) for name, text in visit.call.data),
            visit.call.body,
        )
        other = told.get(call.url) if call.method == "GET" else None
        other = other or crawler.call(call)
        assert visit.status >= 400 or visit.endpoint in FINDS, str(visit)
        assert bare(visit, theirs) == bare(other, nobodys), str(visit)
        refused.add((visit.endpoint, visit.status))
    assert {status for _, status in refused} & {404, 403}


def test_somebody_was_asked_about_in_queries_and_forms_too(walk):
    asked = {v.endpoint for v in walk.visits if v.call.sort == "foreign" and ("?" in v.call.url or v.call.data)}
    assert {"broker.find_missing", "broker.why", "office.find"} <= asked


def swapped(crawler, call):
    """The foreign id of a call, and the unknown one of the same kind."""
    told = call.url + "".join(text for _, text in call.data)
    for values in crawler.known.values.values():
        by_sort = {value.sort: quote(value.text, safe="") for value in values}
        if by_sort.get("foreign", "\0") in told:
            return by_sort["foreign"], by_sort["unknown"]
    raise AssertionError(call)


def bare(visit, text):
    """An answer without the id that was asked for and what no two answers share."""
    body = visit.text.replace(text, "ID")
    body = re.sub(r'urn:matcher:request:[\w.-]+|name="csrf" value="[^"]*"|<code>[a-z]{16}</code>', "", body)
    body = re.sub(r"(?<=[^a-z])[a-z]{16}(?=[^a-z])", "", body)
    headers = sorted((name, value) for name, value in visit.headers if name not in OWN_WAY)
    return visit.status, headers, body
