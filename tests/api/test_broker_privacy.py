"""What no page of a broker tells: full names and phones, other townships, and who is poor, resettled or ill."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from broker_county import BAIPENG, SEWERS, asker, compared, county_app, identity, listed, orders, people

from matcher.records.access import Role

GROUPS = re.compile(
    r"贫困|脱贫|建档立卡|监测对象|易地|搬迁|低收入|劳动能力|弱劳力|半劳力|"
    r"registered_poor|relocated|labour_ability|\btier\b|sub_tier|household_factor|priority_factor|slot_price|\bscore\b|中介费"
)
PLACE_IN_ORDER = ("rank", "beside")


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with county_app(tmp_path_factory.mktemp("as_is") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def turned(tmp_path_factory):
    with county_app(tmp_path_factory.mktemp("turned") / "home", flipped=True) as made:
        yield made


def pages(client, township=""):
    """Addresses of every kind a broker can reach, each order that differs and every neighbour, with their twins."""
    paths = ["/broker"]
    for order in orders()[:10]:
        here = f"/broker/orders/{order.vacancy_id}"
        paths += [here, f"{here}/missing"]
    here = f"/broker/orders/{SEWERS}"
    ids = [person["worker_id"] for person in listed(client)["people"]]
    paths += [f"{here}/why?first={one}&second={other}" for one, other in (*pairwise(ids), (ids[0], ids[-1]))]
    paths += [
        f"{here}/missing?worker={person.worker_id}" for person in people() if person.place_code.startswith(township)
    ]
    paths += [f"{here}/missing?q={name}" for name in ("韦小英", "大妹", "秀兰")]
    return [*paths, *(re.sub(r"(\?|$)", r".json\1", path, count=1) for path in paths)]


def bodies(client, township=""):
    for path in pages(client, township):
        answer = client.get(path)
        assert answer.status_code == 200, path
        yield path, answer.get_data(as_text=True)


@pytest.mark.parametrize("role", [Role.BROKER, Role.OFFICER, Role.ADMINISTRATOR])
def test_no_page_holds_a_full_name_phone_or_identity_number(app, role):
    secrets = {text for n in range(2, 40) for text in identity(n).values()}
    for path, body in bodies(asker(app, role)):
        assert not [text for text in secrets if text in body], path


def test_no_page_of_a_broker_names_a_group_or_what_tells_of_one(app):
    for path, body in bodies(asker(app)):
        assert GROUPS.findall(body) == [], path


def test_a_broker_of_a_township_reads_of_nobody_else(app):
    client = asker(app, Role.BROKER, BAIPENG)
    outside = {person.worker_id for person in people() if not person.place_code.startswith(BAIPENG)}
    for path, body in bodies(client, BAIPENG):
        assert not [worker_id for worker_id in outside if re.search(rf"\b{worker_id}\b", body)], path


def test_poverty_relocation_and_health_move_nothing_but_the_order(app, turned):
    """The same county with every such flag turned round: the same people in another order, all else byte for byte."""
    before, after = asker(app), asker(turned)
    for order in orders():
        one, other = (without_order(client, f"/broker/orders/{order.vacancy_id}.json") for client in (before, after))
        assert one == other
    ids = [person["worker_id"] for person in listed(before)["people"]]
    assert ids != [person["worker_id"] for person in listed(after)["people"]]
    here = f"/broker/orders/{SEWERS}"
    for path in ("/broker", *(f"{here}/missing?worker={w.worker_id}" for w in people() if w.worker_id not in ids)):
        assert page_of(before, path) == page_of(after, path)


def test_a_comparison_across_bands_does_not_move_and_inside_one_only_turns_round(app, turned):
    before, after = asker(app), asker(turned)
    moved = 0
    for one, other in combinations([person["worker_id"] for person in listed(before)["people"]], 2):
        told, now = compared(before, one, other), compared(after, one, other)
        if told["stopped_at"]:
            assert told == now
            continue
        if told["ahead"] != now["ahead"]:
            moved += 1
            now["ahead"], now["behind"] = now["behind"], now["ahead"]
            for row in (*now["differences"], *now["steps"], *now["open_steps"]):
                row["ahead"], row["behind"] = row["behind"], row["ahead"]
        assert told == now
    assert moved


def test_the_page_of_candidates_differs_in_the_order_alone(app, turned):
    def rows(client):
        page = client.get(f"/broker/orders/{SEWERS}").get_data(as_text=True)
        page = re.sub(
            r'第\d+位|<span class="rank">\d+</span>|why\?first=[^"]*|name="csrf" value="[^"]*"|u\d+-broker', "", page
        )
        head, *items = re.split(r"(?=<li>\s*<input type=\"checkbox\" name=\"pair\")", page)
        tail = items[-1].partition("</ol>")[2]
        return head, sorted(item.partition("</li>")[0] for item in items), tail

    assert rows(asker(app)) == rows(asker(turned))


def without_order(client, path):
    """An order with all pages of its people, by id and without their places."""
    told = page = client.get(path).get_json()
    rows = list(told["people"]["people"]) if told["people"] else []
    while page["people"] and page["people"]["next"]:
        page = client.get(path, query_string={"after": page["people"]["next"]}).get_json()
        rows += page["people"]["people"]
    if told["people"]:
        told["people"] |= {"people": [], "next": bool(told["people"]["next"])}
    kept = [{k: v for k, v in row.items() if k not in PLACE_IN_ORDER} for row in rows]
    return told, sorted(kept, key=lambda row: row["worker_id"])


def page_of(client, path: str) -> str:
    """A page without what is this browser's or database's own: forms' token, user's name, a cursor's seal."""
    text = client.get(path).get_data(as_text=True)
    return re.sub(r'name="csrf" value="[^"]*"|u\d+-broker|(?<=[?&]after=)[\w-]+', "", text)
