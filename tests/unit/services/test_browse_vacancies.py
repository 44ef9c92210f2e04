"""Browsing: what words find, what facets count, and pages without gap or double whatever is imported meanwhile."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import msgspec
import pytest
from factories import HOME, ON, vacancies, vacancy
from hypothesis import given, settings
from hypothesis import strategies as st
from rosters_in_memory import InMemory

from matcher.errors import InvalidInput, StaleCursor
from matcher.policy import standard_packs
from matcher.records import Channel, Group, PublishBar
from matcher.scoring import hand_card
from matcher.services import advert_index
from matcher.services.browse_vacancies import LONGEST_PAGE, Browse, browse
from matcher.services.ground.rulebook import Means
from matcher.settings import Settings

SEWING, GUARD, WELDING = ("6-05-01-03",), ("4-07-05-01",), ("6-18-02-04",)


def means():
    return Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())


def asked(posts, **call):
    return browse(InMemory(posts), means(), Browse(on=ON, **call))


def ids(posts, **call):
    return [item["vacancy_id"] for item in asked(posts, **call)["items"]]


def counts(answer, facet):
    return {row["value"]: row["count"] for row in answer["facets"][facet]}


SHOP = (
    vacancy("sew1", title="平车工", occupations=SEWING, place_code=HOME, lodging=False),
    vacancy("sew2", title="招车位", occupations=SEWING, place_code="441900", lodging=True, wage_high_yuan_month=6000,
            channel=Channel.GUANGDONG_PARTNER),
    vacancy("sew3", title="普工", duties="要会踩衣车", skills_preferred=("衣车",), place_code="450206101"),
    vacancy("guard", title="保安", occupations=GUARD, place_code="450202", employer_name="样例物业公司",
            wage_low_yuan_month=None, wage_high_yuan_month=None),
    vacancy("plot", title="微田园", channel=Channel.MICRO_FARM, place_code=HOME),
)  # fmt: skip


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("", ["guard", "sew1", "sew2", "sew3"]),
        ("缝纫", ["sew1", "sew2", "sew3"]),
        ("车位", ["sew2", "sew1", "sew3"]),
        ("保安", ["guard"]),
        ("样例物业", ["guard"]),
        ("柳江", ["sew1", "sew3"]),
        ("缝纫 柳江", ["sew1", "sew3"]),
        ("缝纫　东莞", ["sew2"]),
        ("平车", ["sew1", "sew2", "sew3"]),
        ("飞行员", []),
        ("柳江缝纫", ["sew1", "sew3"]),
        ("东莞车位包住", []),
        ("东莞车位", ["sew2"]),
        ("柳江的保安", []),
        ("' OR 1=1 --", []),
        ("<b>", []),
    ],
)
def test_words_find_the_trade_under_any_of_its_names(q, found):
    assert sorted(ids(SHOP, q=q)) == sorted(found)


def test_a_word_in_the_title_comes_before_the_same_word_elsewhere():
    posts = (vacancy("a", title="普工", duties="做保安"), vacancy("b", title="保安"))
    assert ids(posts, q="保安") == ["b", "a"]


def test_newest_first_then_by_id():
    posts = [vacancy(f"v{n}", valid_from=ON - timedelta(days=day)) for n, day in enumerate((3, 0, 3, 1))]
    assert ids([*posts, vacancy("undated")]) == ["v1", "v3", "v0", "v2", "undated"]


def test_only_what_is_open_today_is_listed():
    bar = PublishBar(code="sex", sentence="不得限定性别")
    closed = (
        vacancy("filled", headcount=2, filled=2),
        vacancy("barred", publish_bars=(bar,)),
        vacancy("over", valid_to=date(2018, 5, 31)),
        vacancy("later", valid_from=date(2018, 6, 2)),
    )
    assert ids((*closed, vacancy("open", valid_to=ON))) == ["open"]


def test_plots_stand_apart():
    assert "plot" not in ids(SHOP)
    assert "micro_farm" not in counts(asked(SHOP), "channel")
    assert "micro_farm" not in counts(asked(SHOP, channel="workshop"), "channel")
    assert ids(SHOP, channel="micro_farm") == ["plot"]


def test_filters():
    assert ids(SHOP, place="4502") == ["guard", "sew1", "sew3"]
    assert ids(SHOP, place="450200") == ["guard", "sew1", "sew3"]
    assert ids(SHOP, place="450206100") == ["sew1"]
    assert ids(SHOP, lodging=True) == ["sew2"]
    assert ids(SHOP, lodging=False) == ["sew1"]
    assert ids(SHOP, wage_from=4000) == ["sew1", "sew2", "sew3"]
    assert ids(SHOP, wage_from=4001) == ["sew2"]
    assert ids(SHOP, wage_from=0) == ["sew1", "sew2", "sew3"], "a wage nobody stated is no wage of 0"
    assert ids(SHOP, trade="6-05-01") == ["sew1", "sew2"]
    assert ids(SHOP, channel="guangdong_partner") == ["sew2"]


def test_facets_count_what_the_other_filters_leave():
    answer = asked(SHOP, channel="workshop", place="450206")
    assert (answer["total"], counts(answer, "channel")) == (2, {"workshop": 2})
    assert counts(answer, "place") == {"450206": 2, "450202": 1, "450206100": 1, "450206101": 1}
    labels = {row["value"]: row["label"] for rows in answer["facets"].values() for row in rows}
    assert labels["workshop"] == "家门口车间"
    assert labels["450206"] == "柳州市柳江区"
    assert labels["6-05-01"] == "纺织品和服装剪裁缝纫人员"


def test_an_unread_title_has_its_own_facet():
    posts = (vacancy("x", title="说不清的活"), SHOP[0])
    assert counts(asked(posts), "trade") == {"unknown": 1, "6-05-01": 1}
    assert ids(posts, trade="unknown") == ["x"]


@settings(max_examples=50, deadline=None)
@given(
    st.integers(0, 8).flatmap(lambda n: st.tuples(*(vacancies(vacancy_id=f"v{i}") for i in range(n)))),
    st.sampled_from(["", "缝纫", "保安"]),
    st.sampled_from([None, 1000, 3000]),
    st.sampled_from([None, True, False]),
    st.sampled_from(["", "45", "450206"]),
)
def test_columns_equal_a_slow_twin(posts, q, wage, lodging, place):
    def fits(post, *, trade_too=True):
        pay = max((w for w in (post.wage_low_yuan_month, post.wage_high_yuan_month) if w is not None), default=-1)
        words = post.skills_required or (), post.skills_preferred or ()
        named = q in post.title or any(q in skills for skills in words)
        return (
            trade_too and named and post.open_on(ON) and post.place_code.startswith(place)
            and (wage is None or pay >= wage) and (lodging is None or post.lodging is lodging)
        )  # fmt: skip

    answer = asked(posts, q=q, wage_from=wage, lodging=lodging, place=place, limit=LONGEST_PAGE)
    wanted = [post for post in posts if fits(post)]
    assert {item["vacancy_id"] for item in answer["items"]} == {post.vacancy_id for post in wanted}
    assert answer["total"] == len(wanted)
    assert counts(answer, "channel") == Counter(post.channel.value for post in wanted)


def pages(store, posts_between=(), **call):
    """Ids of all pages; before each but the first the next of `posts_between` is imported."""
    kept, told, cursor, imports = means(), [], "", iter(posts_between)
    while True:
        answer = browse(store, kept, Browse(on=ON, cursor=cursor, **call))
        told += [item["vacancy_id"] for item in answer["items"]]
        cursor = answer["next"]
        if not cursor:
            return told
        fresh = next(imports, None)
        if fresh is not None:
            store.replace(fresh)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 20])
def test_pages_have_neither_gap_nor_double(limit):
    posts = [vacancy(f"v{n}", valid_from=ON - timedelta(days=n % 3)) for n in range(7)]
    whole = ids(posts, limit=LONGEST_PAGE)
    assert pages(InMemory(posts), limit=limit) == whole
    assert pages(InMemory(posts), limit=limit, q="缝纫") == whole


def test_pages_over_imports_are_those_of_the_first():
    posts = [vacancy(f"v{n}") for n in range(7)]
    changed = [vacancy(f"v{n}", headcount=0) for n in range(7)] + [vacancy(f"a{n}") for n in range(9)]
    assert pages(InMemory(posts), [changed, posts[:1], changed], limit=2) == [f"v{n}" for n in range(7)]


def first_cursor(store, **call):
    return browse(store, means(), Browse(on=ON, limit=2, **call))["next"]


POSTS = [vacancy(f"v{n}") for n in range(7)]


@pytest.mark.parametrize(
    "other", [{"q": "缝纫"}, {"channel": "workshop"}, {"place": "45"}, {"lodging": True}, {"on": date(2018, 6, 2)}]
)
def test_a_cursor_of_another_query_is_stale(other):
    store = InMemory(POSTS)
    cursor = first_cursor(store)
    with pytest.raises(StaleCursor, match="another query"):
        browse(store, means(), Browse(**{"on": ON, "limit": 2, "cursor": cursor, **other}))


def test_a_page_may_be_longer_than_the_one_before():
    store = InMemory(POSTS)
    call = Browse(on=ON, limit=5, cursor=first_cursor(store))
    assert [item["vacancy_id"] for item in browse(store, means(), call)["items"]] == [f"v{n}" for n in range(2, 7)]


def test_an_altered_cursor_is_stale_at_every_character():
    store = InMemory(POSTS)
    cursor = first_cursor(store)
    for at, letter in enumerate(cursor):
        altered = cursor[:at] + ("A" if letter != "A" else "B") + cursor[at + 1 :]
        with pytest.raises(StaleCursor):
            browse(store, means(), Browse(on=ON, limit=2, cursor=altered))


@pytest.mark.parametrize("text", ["x", "A" * 2000, "中文", "AAAA====", "../../etc/passwd", "\x00"])
def test_what_is_no_cursor_is_stale(text):
    with pytest.raises(StaleCursor):
        browse(InMemory(POSTS), means(), Browse(on=ON, cursor=text))


def test_a_cursor_of_another_database_or_of_a_later_revision_is_stale():
    store = InMemory(POSTS)
    cursor = first_cursor(store)
    with pytest.raises(StaleCursor):
        browse(InMemory(POSTS, key=b"another"), means(), Browse(on=ON, limit=2, cursor=cursor))
    store.replace(POSTS)
    later = first_cursor(store)
    with pytest.raises(StaleCursor, match="revision"):
        browse(InMemory(POSTS), means(), Browse(on=ON, limit=2, cursor=later))


@pytest.mark.parametrize(
    "misfit", [{"channel": "nothing"}, {"place": "柳江"}, {"place": "4" * 13}, {"place": "00"}, {"place": "-1"},
               {"limit": 0}, {"limit": LONGEST_PAGE + 1}]
)  # fmt: skip
def test_a_filter_nothing_can_fit_is_refused(misfit):
    with pytest.raises(InvalidInput):
        asked(POSTS, **misfit)


def test_an_empty_county_has_an_empty_page():
    assert asked(()) == {
        "on": "2018-06-01", "items": [], "facets": {"channel": [], "place": [], "trade": []}, "total": 0, "next": "",
    }  # fmt: skip


def test_an_advert_says_nothing_of_groups_and_leaves_open_what_is_not_stated():
    post = vacancy(reserved_for=(Group.REGISTERED_POOR,), lodging=None, contract_months=None, sex_condition="女")
    (item,) = asked((post,))["items"]
    assert item["conditions"]["reserved"] is True
    assert item["lodging"] is None
    assert item["wage"] == "每月3000–4000元"
    assert "registered_poor" not in msgspec.json.encode(item).decode()
    assert "sex_condition" not in item


def test_the_index_is_made_once_for_a_list_and_a_day(monkeypatch):
    store, kept, made = InMemory(POSTS), means(), []
    build = advert_index._indexed

    def counted(vacancies, on):
        made.append(on)
        return build(vacancies, on)

    monkeypatch.setattr(advert_index, "_indexed", counted)
    for on in (ON, ON, date(2018, 6, 2), ON):
        browse(store, kept, Browse(on=on))
    assert made == [ON, date(2018, 6, 2)]
    store.replace(POSTS)
    browse(store, kept, Browse(on=ON))
    assert len(made) == 3
