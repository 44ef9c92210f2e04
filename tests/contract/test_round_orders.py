"""The order of a list as a county decides it: services, weights of its own, quotas; and the list given again later."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from command_line import COUNTY, ON, jsonl, vacancy, worker

from matcher.records.access import AuditEntry
from matcher.records.figures import CountyFigure
from matcher.store import open_store

DAY = ("--on", ON, "--jurisdiction", COUNTY)
WEIGHTS = """\
[[weights]]
jurisdiction = "450206"
service = "general"
from = 2018-01-01
author = "区就业中心"
source = "局务会纪要"
of = [{ flag = "registered_poor", permille = 150 }]
"""


@pytest.fixture
def office(blank):
    """A base firm's post and a work-relief post, and people of whom some are on the register."""
    people = [worker(f"w{n}", registered_poor=n % 2 == 0, relocated=n % 3 == 0) for n in range(6)]
    posts = [
        vacancy("base", channel="base_enterprise", employer_id="e1", headcount=2),
        vacancy("relief", channel="work_relief", headcount=10),
    ]
    firms = [{"employer_id": "e1", "name": "柳江服装", "annual_total_workers": 100, "annual_poor_local_workers": 4}]
    for kind, objects in (("workers", people), ("vacancies", posts), ("employers", firms)):
        assert blank.load(kind, jsonl(blank.home / f"{kind}.jsonl", objects))["rejected"] == 0
    return blank


def asked(office, post, *more):
    return office.ok("candidates", "--vacancy", post, *(more or DAY))


def entry(answer):
    return answer.json["lists"][0]


def replayed(office, answer):
    return office.ok("replay", answer.json["decision_id"]).out


def test_a_base_firms_shortage_stands_beside_its_list_and_is_given_again_after_it_is_filled(office):
    answer = asked(office, "base")
    (quota,) = entry(answer)["quotas"]
    assert (quota["outcome"], quota["required"], quota["short_by"], quota["clause"]) == ("short", 5, 1, "三(二)2")
    firm = [{"employer_id": "e1", "name": "柳江服装", "annual_poor_local_workers": 5}]
    assert office.load("employers", jsonl(office.home / "later.jsonl", firm))["accepted"] == 1
    assert entry(asked(office, "base"))["quotas"][0]["outcome"] == "met"
    assert replayed(office, answer) == answer.out


def test_weights_of_the_county_order_and_are_kept_for_replay(office):
    plain = asked(office, "base")
    (office.home / "priority.toml").write_text(WEIGHTS, encoding="utf-8")
    weighed = asked(office, "base")
    assert (entry(plain)["order"], entry(weighed)["order"]) == ("lexicographic_in_band", "additive")
    rule = entry(weighed)["order_rule"]
    assert (rule["weights"]["author"], rule["weights"]["source"]) == ("区就业中心", "局务会纪要")
    for item in entry(weighed)["items"]:
        told = item["priority"]
        assert told["order_value"] == pytest.approx(item["fit"] ** (1 / 3) + told["weight"], abs=2**-13)
    assert weighed.json["decision_id"] != plain.json["decision_id"]
    (office.home / "priority.toml").unlink()
    assert replayed(office, weighed) == weighed.out
    assert replayed(office, plain) == plain.out


def test_weights_that_do_not_fit_are_named_with_their_lines_and_nothing_is_listed(office):
    broken = WEIGHTS.replace("150", "0").replace('"局务会纪要"', '""').replace('"general"', '"generel"')
    (office.home / "priority.toml").write_text(broken, encoding="utf-8")
    answer = office("candidates", "--vacancy", "base", *DAY)
    assert answer.code != 0
    assert answer.out == b""
    for told in ("priority.toml 第3行", "priority.toml 第6行", "priority.toml 第7行", "generel"):
        assert told in answer.err


def test_the_service_is_that_of_the_channel_or_the_one_named(office):
    by_channel = asked(office, "relief", "--on", "2022-06-01", "--jurisdiction", "qinzhou_2021")
    assert entry(by_channel)["order_rule"]["service"] == "project_hire"
    named = asked(office, "relief", "--on", "2022-06-01", "--jurisdiction", "qinzhou_2021", "--service", "welfare_post")
    assert (entry(named)["order_rule"]["service"], entry(named)["order"]) == ("welfare_post", "strict_tier")
    assert replayed(office, named) == named.out
    wrong = office("candidates", "--vacancy", "relief", *DAY, "--service", "relending")
    assert wrong.code == 2
    assert "job_fair" in wrong.err


def test_an_open_share_is_the_countys_and_a_later_figure_changes_no_list_given_before(office):
    qinzhou = ("--on", "2022-06-01", "--jurisdiction", "qinzhou_2021")
    before = asked(office, "relief", *qinzhou)
    assert entry(before)["quotas"][0]["outcome"] == "needs_config"
    store = open_store(f"sqlite:///{office.home / 'matcher.db'}", home=office.home)
    figure = CountyFigure(
        pack_id="qinzhou_2021", parameter_id="project_post_share_for_relocated", value=Decimal("0.1"), unit="比例",
        from_=date(2022, 1, 1), author="市人社局", source="市府办〔2022〕3号", recorded_on=date(2022, 1, 5),
    )  # fmt: skip
    at = datetime(2022, 1, 5, 4, 0, tzinfo=UTC)
    entered = AuditEntry(at=at, actor="officer", role="officer", action="figure", detail={})
    assert store.record_figure(figure, entered)
    store.close()
    after = asked(office, "relief", *qinzhou)
    (quota,) = entry(after)["quotas"]
    assert (quota["outcome"], quota["required"], quota["source"]) == ("met", 1, "市府办〔2022〕3号")
    assert replayed(office, before) == before.out
    assert replayed(office, after) == after.out


def test_every_person_of_a_list_is_told_with_tier_flags_clause_and_document(office):
    for item in entry(asked(office, "base"))["items"]:
        told = item["priority"]
        assert told["tier"] == item["tier"]
        assert {row["flag"] for row in told["flags"]} == {
            0: {"registered_poor", "relocated"}, 1: {"registered_poor"}, 2: set()
        }[told["tier"]]  # fmt: skip
        assert told["document"] == "江政办发〔2018〕97号"
        assert told["clause"]
    assert msgspec.json.encode(entry(asked(office, "base"))).count(b'"priority"') == 6
