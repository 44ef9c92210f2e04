"""Of one pair in so many the score is hidden until it is answered; how often officers agree with it is told."""

from __future__ import annotations

import io

import openpyxl
import pytest
from county import application_of
from office_desk import desk
from reconcile_push import push, say, told

from matcher.linkage import weights
from matcher.records.access import Role
from matcher.records.id_numbers import check_digit
from matcher.services.reconcile.independence import hidden_places

ONE_IN = weights().hidden_one_in
N_PAIRS = ONE_IN + 1


def people(slip):
    """So many people, each with a slip in the number of one ledger."""
    rows = []
    for n in range(N_PAIRS):
        body = f"450206{1960 + n}0101{100 + n:03d}"
        number = body + check_digit(body)
        written = number[:12] + "10" + number[14:] if slip else number
        name = f"韦{'春夏秋冬梅兰竹菊山水云月星江河湖'[n % 16]}{'甲乙'[n // 16]}"
        rows.append((name, written, "板江村", f"154{n:08d}", "已就业"))
    return rows


@pytest.fixture
def run(county):
    client, csrf = desk(county)
    return client, csrf, push(client, csrf, ours=people(slip=False), theirs=people(slip=True)).location


def pairs(client, run):
    page = told(client, run)
    while True:
        yield page["pair"]
        if not page["after"]:
            return
        page = told(client, run, pair=page["after"])


def test_one_place_in_so_many_is_hidden_and_the_files_choose_the_first():
    places = hidden_places("r-" + "0" * 19 + "3", 3 * ONE_IN)
    assert places == {3, 3 + ONE_IN, 3 + 2 * ONE_IN}
    assert hidden_places("r-" + "0" * 19 + "3", 3) == frozenset()


def test_a_hidden_score_is_shown_once_the_pair_is_answered_and_to_audit_always(county, run):
    client, csrf, address = run
    found = list(pairs(client, address))
    hidden = [pair for pair in found if pair["fall"] is None]
    assert len(found) == N_PAIRS
    assert 1 <= len(hidden) <= 2
    pair = hidden[0]
    assert (pair["rival"], len(pair["signs"])) == (None, 5)
    page = client.get(f"{address}?pair={pair['pair']}").get_data(as_text=True)
    assert "这一对先不给看分" in page
    assert 'class="fall"' not in page
    auditor, _ = desk(county, Role.AUDITOR)
    assert told(auditor, address, pair=pair["pair"])["pair"]["fall"]["end"] > 0
    assert not score_of(client, address, pair)
    say(client, csrf, address, "phone", pair)
    rung = told(client, address, pair=pair["pair"])["pair"]
    assert rung["fall"] is None
    say(client, csrf, address, "apart", rung)
    after = told(client, address, pair=pair["pair"])["pair"]
    assert after["fall"]["end"] > 0
    assert score_of(client, address, pair) == after["fall"]["end"]
    say(client, csrf, address, "back", after)
    assert told(client, address, pair=pair["pair"])["pair"]["fall"] is not None


def score_of(client, address, pair):
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}/result.xlsx").get_data()))
    header, *rows = book["逐对判断"].iter_rows(values_only=True)
    name = pair["rows"][0]["left"][0]["text"]
    return next(dict(zip(header, row, strict=True))["分"] for row in rows if name in row)


def test_how_often_answers_agree_with_the_score_is_told_apart(county, run):
    client, csrf, address = run
    found = list(pairs(client, address))
    hidden = [pair for pair in found if pair["fall"] is None]
    shown = [pair for pair in found if pair["fall"] is not None]
    for pair in hidden:
        say(client, csrf, address, "apart", pair)
    for pair, answer in zip(shown[:3], ("same", "same", "apart"), strict=True):
        say(client, csrf, address, answer, pair)
    last = told(client, address, pair=hidden[0]["pair"])["pair"]
    say(client, csrf, address, "back", last)
    say(client, csrf, address, "same", told(client, address, pair=hidden[0]["pair"])["pair"])
    agreed = told(client, address)["agreed"]
    assert agreed == {"hidden": {"n": len(hidden), "n_agree": 0}, "shown": {"n": 3, "n_agree": 2}, "one_in": ONE_IN}
    said = [deed.body.get("hidden", False) for deed in application_of(county).deeds.deeds(prefix="pair:")]
    assert sum(said) == len(hidden)
    assert f"看不到分判的{len(hidden)}对" in client.get(address).get_data(as_text=True)
