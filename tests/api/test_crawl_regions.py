"""Another region's people do not exist: their ids answer byte for byte like ids that nobody has."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from crawl_calls import Call
from crawl_county import PAGES, TOKENS

from matcher.privacy import mask_name

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow]
"""Whichever test comes first waits for the whole walk."""

REGIONAL = [asker.name for asker in (*PAGES, *TOKENS) if asker.regions or asker.subject]
SEALED = re.compile(r"unread=[\w-]+")
CUT = re.compile(r'<span class="cut">[^<]*</span>')
"""Where a text message is cut in two, which may be inside of what was typed."""
OWN_WAY = frozenset({"X-Request-Id", "Content-Length", "Set-Cookie", "Date"})


@pytest.mark.parametrize("name", REGIONAL)
def test_a_foreign_id_answers_like_an_unknown_one(walk, name):
    crawler = walk.of(name)
    told = {asked(v.call): v for v in crawler.visits if v.call.sort == "unknown"}
    foreign = [visit for visit in crawler.visits if visit.call.sort == "foreign"]
    assert foreign
    refused = set()
    for walked in foreign:
        visit = walked
        theirs, nobodys = swapped(crawler, visit.call)
        call = Call(
            visit.call.method,
            visit.call.url.replace(theirs, nobodys),
            tuple((name, text.replace(theirs, nobodys)) for name, text in visit.call.data),
            visit.call.body,
        )
        # An address leads nowhere; words in a query or a form are nobody's, whatever they are, and taken alike.
        assert visit.status >= 400 or theirs not in visit.call.url.partition("?")[0], str(visit)
        other = told.get(asked(call))
        if other is None or bare(visit, theirs) != bare(other, nobodys):
            # What the county remembers has gone on since (a quota is used up, an entry taken back): both are asked now.
            visit, other = (crawler.call(each) for each in (visit.call, call))
        assert bare(visit, theirs) == bare(other, nobodys), str(visit)
        leads = [dict(each.headers).get("Location", "") for each in (visit, other)]
        if leads[0] != leads[1]:
            seen = [crawler.call(Call("GET", lead)) for lead in leads]
            assert bare(seen[0], theirs) == bare(seen[1], nobodys), f"{visit} and on to {leads[0]}"
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


def asked(call):
    """A call without what sort of one it was."""
    return call.method, call.url, call.data, call.body


def bare(visit, text):
    """An answer without the id that was asked for, also masked or sealed, and what no two answers share."""
    body = CUT.sub("", visit.text).replace(text, "ID").replace(f"<b>{mask_name(text)}</b>", "<b>ID</b>")
    body = SEALED.sub("unread=ID", body)
    body = re.sub(r'urn:matcher:request:[\w.-]+|name="csrf" value="[^"]*"|<code>[a-z]{16}</code>', "", body)
    body = re.sub(r"(?<=[^a-z])[a-z]{16}(?=[^a-z])", "", body)
    headers = [(name, SEALED.sub("unread=ID", value)) for name, value in visit.headers if name not in OWN_WAY]
    return visit.status, sorted(headers), body
