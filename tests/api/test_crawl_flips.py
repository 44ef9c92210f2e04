"""Poverty, relocation and health turned round: kiosk, broker and firm read the same bytes but for the order.

Two copies of the county get a roster of a township over the API, one as its people are, one with every such flag
turned round; both are walked alike, and what differs is shown.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import county
import pytest
from crawl_calls import SAFE, Asker, Call, Visit
from crawl_county import HERE, Prepared
from crawler import Crawler

from api.v1 import attendant
from matcher.records import Kind, PoorStatus
from matcher.records.access import Role

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow]
"""The first test waits for both counties to be walked."""

TURNED = (
    "registered_poor", "out_of_poverty", "relocated", "deep_poverty_village", "deep_poverty_township",
    "former_extreme_poverty", "rural_low_income", "hard_to_employ",
)  # fmt: skip
LATER = ("monitored_type", "labour_ability", *(f"off_farm_hard.{part}" for part in ("value", "by", "on", "grounds")))
AT_A_KIOSK = 3
NAMELESS = "nobody at a kiosk"
HOUSEHOLD = ("poor_status", "relocated", "former_extreme_poverty")
ASKERS = (
    Asker("kiosk", Role.KIOSK, (HERE,), cards=3),
    Asker(NAMELESS, Role.KIOSK, signed_in=False, cards=0),
    Asker("helper", Role.HELPER, (HERE,), cards=3),
    Asker("broker of a township", Role.BROKER, (HERE,)),
    Asker("kiosk's token", Role.KIOSK, (HERE,), api=True),
    Asker("broker's token of a township", Role.BROKER, (HERE,), api=True),
    Asker("employer's token", Role.EMPLOYER, api=True),
)
BY_CHANCE = frozenset({"start.my_factor", "start.my_factor_json"})
"""Answers that draw a secret for the asker's own account, and hold nothing else."""
ORDERED = frozenset({"rank", "beside", "next", "next_cursor", "decision_id", "event_id", "shown_at", "code", "csrf"})
SIDES = {"ahead": "side", "behind": "side", "first": "side", "second": "side"}
OWN = re.compile(
    r"\b(?:mk_k-\w+|(?:d|r|b|i|o|s|k|p)-[0-9a-f]{8,}|[0-9a-f]{16}|[0-9a-f]{64})\b|(?<![A-Za-z0-9])u\d+-[a-z]+|token:\w+"
    r"|urn:matcher:request:[\w.-]+|(?:value|data-csrf)=\"[\w.=-]{40,}\"|unread=[\w-]+"
    r"|data-digits data-say=\"[^\"]*\""
    r"|第\d+位|class=\"rank\">\d+|<ol class=\"people picked\" start=\"\d+\""
    r"|\b(?:first|second|pair|after)=[^\"&]*&?(?:amp;)?|\b[a-z]{16}\b"
)

PAIR = re.compile(r"[?&](?:first|pair)=")
"""A comparison names its two in the address, so it is asked of both counties by the same address."""


def roster(workers: list[Any], *, turned: bool) -> str:
    """The workers' flags as a roster, as they are or each turned round."""
    rows = [",".join(("worker_id", *TURNED, *LATER))]
    for worker in workers:
        flags = [(getattr(worker, name) is True) is not turned for name in TURNED]
        monitored = (worker.monitored_type not in (None, "none")) is not turned
        weak = (worker.labour_ability in ("weak", "half", "none")) is not turned
        hard = (worker.off_farm_hard is not None and worker.off_farm_hard.value is True) is not turned
        told = [
            *(yes(flag) for flag in flags),
            "脱贫不稳定户" if monitored else "无",
            "弱劳动力" if weak else "普通劳动力",
        ]
        rows.append(",".join([worker.worker_id, *told, yes(hard), "村委会", "2018-03-01", "入户核查"]))
    return "\n".join(rows)


def homes(households: list[Any], *, turned: bool) -> str:
    """The households' flags as a roster, as they are or each turned round."""
    rows = [",".join(("household_id", *HOUSEHOLD))]
    for home in households:
        poor = (home.poor_status in (PoorStatus.REGISTERED, PoorStatus.MONITORED)) is not turned
        flags = [(getattr(home, name) is True) is not turned for name in HOUSEHOLD[1:]]
        rows.append(",".join([home.household_id, "建档立卡户" if poor else "一般农户", *map(yes, flags)]))
    return "\n".join(rows)


def yes(flag: bool) -> str:
    return "是" if flag else "否"


class Side:
    """One of the two counties, walked."""

    def __init__(self, app: Any, *, turned: bool) -> None:
        self.app = app
        store = county.application_of(app).store
        here = [worker for worker in store.records(Kind.WORKERS) if worker.place_code.startswith(HERE)]
        people = [worker.worker_id for worker in here if worker.wish_to_work][:6]
        lived_in = {worker.household_id for worker in here}
        households = [home for home in store.records(Kind.HOUSEHOLDS) if home.household_id in lived_in]
        bring_in(app, "workers", roster(here, turned=turned))
        bring_in(app, "households", homes(households, turned=turned))
        self.homes = store.records(Kind.HOUSEHOLDS, ids=[home.household_id for home in households])
        self.workers = {worker.worker_id: worker for worker in store.records(Kind.WORKERS)}
        prepared = Prepared(app, people)
        self.crawlers = {asker.name: Crawler(app, asker, prepared.known(asker)) for asker in ASKERS}
        self.people = people
        for crawler in self.crawlers.values():
            crawler.run()

    def told(self, name: str) -> dict[Any, Counter[Any]]:
        """What an asker was told by each call, pages of one list together, without the order."""
        told: dict[Any, Counter[Any]] = {}
        for visit in self.crawlers[name].visits:
            if visit.endpoint in BY_CHANCE:
                continue
            told.setdefault(asked(visit.call), Counter()).update(content(visit))
        return told


def bring_in(app: Any, kind: str, text: str) -> None:
    headers = county.bearer(app, Role.ADMINISTRATOR)
    data = {"kind": kind, "file": (io.BytesIO(text.encode()), "名册.csv")}
    client = app.test_client()
    answer = client.post("/api/v1/imports", headers=headers, data=data)
    assert attendant.attendant_of(app).rest(60)
    told = client.get(answer.headers["Location"], headers=headers).json
    assert (told["state"], told["rejected"], told["unread_columns"]) == ("done", 0, []), told


@pytest.fixture(scope="module")
def sides(seeded, tmp_path_factory) -> Iterator[tuple[Side, Side]]:
    with ExitStack() as stack:
        yield tuple(
            Side(
                stack.enter_context(county.opened(county.copied(seeded, tmp_path_factory.mktemp("side") / "home"))),
                turned=turned,
            )
            for turned in (False, True)
        )


@pytest.mark.parametrize("name", [asker.name for asker in ASKERS])
def test_nothing_but_the_order_tells_of_a_flag(sides, name):
    one, other = sides
    before, after = one.told(name), other.told(name)
    for key in set(before) ^ set(after):
        if key[0] in SAFE:
            side, told = (other, after) if key in before else (one, before)
            told[key] = Counter(content(side.crawlers[name].call(Call("GET", key[1]))))
    both = set(before) & set(after)
    assert len(both) > 40
    moved = {key: (before[key] - after[key], after[key] - before[key]) for key in both if before[key] != after[key]}
    # A list is cut where it is full: the order alone says which posts are on it, but not what is said of a post.
    assert {key: told for key, told in moved.items() if not same_of_each_post(sides, name, key)} == {}


def same_of_each_post(sides, name: str, key: Any) -> bool:
    """Whether both counties answered with a full list of jobs, and the same of every post that is on both."""
    lists = [jobs(side.crawlers[name].visits, key) for side in sides]
    both = set(lists[0]) & set(lists[1])
    return len(lists[0]) == len(lists[1]) == AT_A_KIOSK and all(lists[0][post] == lists[1][post] for post in both)


def jobs(visits: list[Visit], key: Any) -> dict[str, Any]:
    """Post -> what the one list of an answer says of it, but for its place."""
    texts = [visit.text for visit in visits if visit.endpoint == "v1.recommendations" and asked(visit.call) == key]
    items = [item for text in texts[:1] for one in json.loads(text).get("lists", ()) for item in one["items"]]
    return {item["vacancy_id"]: {word: told for word, told in item.items() if word not in ORDERED} for item in items}


def test_who_shows_no_card_reads_the_same_in_the_same_order(sides):
    one, other = ([(asked(v.call), list(content(v))) for v in side.crawlers[NAMELESS].visits] for side in sides)
    assert len(one) > 40
    assert one == other


def test_the_flags_were_turned_and_the_office_reads_so(sides):
    one, other = sides
    for worker_id in one.people:
        was, now = one.workers[worker_id], other.workers[worker_id]
        assert all(getattr(was, name) != getattr(now, name) for name in TURNED)
        assert was.labour_ability != now.labour_ability
        assert was.monitored_type != now.monitored_type
        assert was.off_farm_hard != now.off_farm_hard
        assert (was.birth_date, was.skills, was.place_code) == (now.birth_date, now.skills, now.place_code)
    assert len(one.homes) > 10
    for was, now in zip(one.homes, other.homes, strict=True):
        assert all(getattr(was, name) != getattr(now, name) for name in HOUSEHOLD)
        assert (was.able_members, was.employed_members) == (now.able_members, now.employed_members)
    officer = [county.bearer(side.app, Role.OFFICER) for side in sides]
    path = f"/api/v1/workers/{one.people[0]}/recommendations"
    answers = [
        side.app.test_client().get(path, headers=headers).json for side, headers in zip(sides, officer, strict=True)
    ]
    assert answers[0]["lists"] != answers[1]["lists"]


def test_a_dated_rule_moves_the_order_and_so_the_comparison_is_no_empty_one(sides):
    orders = []
    for side in sides:
        crawler = side.crawlers["broker's token of a township"]
        answers = [v.text for v in crawler.visits if v.endpoint == "v1.candidates" and v.status == 200]
        lists = [json.loads(answer)["lists"][0]["items"] for answer in answers]
        orders.append([[item["worker_id"] for item in items] for items in lists])
    assert [sorted(order) for order in orders[0]] == [sorted(order) for order in orders[1]]
    assert orders[0] != orders[1]


def asked(call: Call) -> tuple[str, str, Any]:
    """A call without what only this county's day gave: ids of lists and imports, where a page begins."""
    url = re.sub(r"(?<=[?&])after=[^&]*&?", "", call.url).rstrip("?&")
    return call.method, url if PAIR.search(url) else OWN.sub("~", url), OWN.sub("~", str(call.data))


def alike(text: str) -> str:
    """A piece of text without what is this county's own; of two people in a sentence, without who is named first."""
    text = re.sub(r"\S+ 在 \S+ 前面", lambda two: " ".join(sorted(two[0].split())), OWN.sub("~", text))
    return "~" if re.fullmatch(r"\d{4}", text) else text


def content(visit: Visit) -> Iterator[Any]:
    """What an answer tells, each piece by itself, whatever stands first."""
    yield visit.status
    if visit.mimetype.endswith("json"):
        yield from leaves("", json.loads(visit.body))
    elif visit.is_page:
        # A narrowed list shows the places of the whole one: they are the order, and stand in no fixed set of numbers.
        text = OWN.sub("~", visit.text)
        yield from (alike(piece.strip()) for piece in re.split(r"[<>]", text) if piece.strip())


def leaves(name: str, value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key not in ORDERED:
                yield from leaves(SIDES.get(key, key), each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(name, each)
    else:
        yield name, alike(value) if isinstance(value, str) else value
