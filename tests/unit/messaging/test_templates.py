"""The texts: their worst case, what may not stand in them, approval, carriers."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.messaging.replies import reply_words
from matcher.messaging.season import Purpose
from matcher.messaging.segments import encode, parts, units
from matcher.messaging.templates import (
    Approval,
    carriers,
    checked,
    greeting,
    moved,
    objections,
    read_templates,
    render,
    standard_templates,
    usable,
)  # fmt: skip
from matcher.messaging.wording import faults, standard_wording

BOOK = standard_templates()
OWN, CLOUD, FILE = (carriers()[name] for name in ("own_port", "public_cloud", "file"))
RARE = "𬭎"
JOBS = {
    "job1": "镇微车间缝纫 月3200起 离家4公里",
    "job2": "东莞制衣厂 月5500起 包住",
    "job3": "园区包装 月3800 每天回家",
}
EVERY = pytest.mark.parametrize("template", BOOK.template, ids=lambda one: one.id)


def full(template, character: str) -> dict[str, str]:
    """Every slot filled to its maximum, with pairs where they may stand."""
    filled = {}
    for name, slot in template.slots.items():
        inside = character if slot.pairs else "8"
        n = slot.most // units(inside)
        filled[name] = inside * n + "一" * (slot.most - n * units(inside))
    return filled


@EVERY
@pytest.mark.parametrize("character", ["一", RARE])
def test_the_worst_case_takes_two_parts_and_cuts_no_character(template, character):
    text = render(BOOK, template, full(template, character))
    assert units(text) == BOOK.worst_units(template) <= 134
    assert len(parts(text)) <= 2
    for part in encode(text, 1):
        part[6 if len(parts(text)) > 1 else 0 :].decode("utf-16-be")


@given(st.data())
def test_whatever_fits_its_slots_fits_two_parts(data):
    template = data.draw(st.sampled_from(BOOK.template))
    filled = {}
    for name, slot in template.slots.items():
        letters = "一2 ，" + (RARE if slot.pairs else "")
        value = data.draw(st.text(letters, min_size=1, max_size=slot.most)) + "元"
        while units(value) > slot.most:
            value = value[1:]
        filled[name] = value
    assert len(parts(render(BOOK, template, filled))) <= 2


def test_the_shortlist_of_a_real_day():
    text = render(BOOK, BOOK.latest("shortlist_3"), {"greeting": "韦师傅", "days": "10", **JOBS})
    assert text == (
        "【县就业局】韦师傅您好，为您选了3个岗：1镇微车间缝纫 月3200起 离家4公里；2东莞制衣厂 月5500起 包住；"
        "3园区包装 月3800 每天回家。选岗回1、2或3，要电话回0，不是本人回8，不再接收回T。不收钱，收费回9。10天内有效"
    )
    assert (units(text), len(parts(text))) == (119, 2)


@EVERY
def test_every_key_a_text_names_is_understood(template):
    keys = set(re.findall(r"回([0-9A-Z])", template.text)) | set(re.findall(r"[、或]([0-9])", template.text))
    assert keys <= set(reply_words()[1])
    if template.purpose is not Purpose.ANSWER:
        assert "T" in keys


def test_offers_say_that_nothing_is_paid_and_how_to_complain():
    for template in BOOK.template:
        if template.purpose is Purpose.OFFER:
            assert "不收钱" in template.text
            assert "回9" in template.text
            assert "不是本人回8" in template.text


def test_a_slot_at_its_maximum_and_one_beyond():
    call = BOOK.latest("call_confirmed")
    slots = {"caller": "劳务员老黄同志一", "when": "今天下午", "call_back": "0772-1234567"}
    assert render(BOOK, call, slots).startswith("【县就业局】好的，劳务员老黄")
    with pytest.raises(InvalidInput, match="caller") as refused:
        render(BOOK, call, {**slots, "caller": "劳务员老黄同志一二"})
    assert "8个字" in refused.value.problems[0].expected


def test_all_slots_that_do_not_fit_are_told_at_once():
    with pytest.raises(InvalidInput) as refused:
        render(
            BOOK, BOOK.latest("call_confirmed"), {"caller": " ", "when": "今天下午三点钟", "call_back": RARE, "x": "1"}
        )
    assert {problem.column for problem in refused.value.problems} == {"call_confirmed 1", "caller", "when", "call_back"}
    with pytest.raises(InvalidInput, match="job"):
        render(BOOK, BOOK.latest("filled"), {"greeting": "老乡"})


@pytest.mark.parametrize(
    "value",
    ["月¥3200", "月￥3200", "★好岗", "👍", "☎", "❤️", "【急】", "看www.a.cn", "ｗｗｗ．a．com", "a.com", "http://x",
     "扶贫车间", "脱 贫户优先", "搬迁户", "残疾人岗", "低保户", "a\nb", "a\x00", "\u202e1", "{job2}", "\ud800"],
)  # fmt: skip
def test_what_may_not_be_sent_is_refused_in_a_slot(value):
    with pytest.raises(InvalidInput):
        render(BOOK, BOOK.latest("filled"), {"greeting": "老乡", "job": value})


@pytest.mark.parametrize(
    "value", ["镇微车间缝纫 月3200元", "㛃", RARE, "U+30EDE 𰻞面", "1.5公里", "缝纫(熟手)", "\U0002ebf0"]
)
def test_ordinary_words_and_rare_characters_pass(value):
    assert value in render(BOOK, BOOK.latest("filled"), {"greeting": "老乡", "job": value})


def test_a_word_across_two_slots_is_found():
    departure = BOOK.latest("departure")
    slots = {"greeting": "老乡", "when": "1", "pickup": "村口", "place": "东莞", "phone": "1"}
    assert render(BOOK, departure, slots)
    split = msgspec.structs.replace(departure, text=departure.text.replace("在{pickup}", "{pickup}"))
    with pytest.raises(InvalidInput, match="低保"):
        render(BOOK, split, {**slots, "when": "低", "pickup": "保"})


HEAD = 'signature = "江县人社局"\nmost_parts = {parts}\nrefusal = "回T"\n'
ONE = '[[template]]\nid = "a"\nversion = 1\nstate = "draft"\n'
ONE += 'purpose = "{purpose}"\ntext = "{text}"\nslots = {{ {slots} }}\n'


def written(text: str, slots: str = "", purpose: str = "offer", n_parts: int = 2) -> str:
    return HEAD.format(parts=n_parts) + ONE.format(text=text, slots=slots, purpose=purpose)


@pytest.mark.parametrize(
    ("fixed", "slots", "n_parts", "fits"),
    [
        (63 - 2, "", 1, True), (64 - 2, "", 1, False), (127 - 2, "", 2, True), (128 - 2, "", 2, False),
        (100, "x = { most = 24 }", 2, True), (100, "x = { most = 25 }", 2, False),
        (100, "x = { most = 25, pairs = false }", 2, True), (100, "x = { most = 26, pairs = false }", 2, False),
    ],
)  # fmt: skip
def test_the_worst_case_is_checked_when_read(fixed, slots, n_parts, fits):
    text = written("一" * fixed + "回T" + ("{x}" if slots else ""), slots, n_parts=n_parts)
    if fits:
        read_templates(text)
    else:
        with pytest.raises(InvalidInput, match="may not be sent"):
            read_templates(text)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("没有退路", ""), ("扶贫车间回T", ""), ("【好】回T", ""), ("★回T", ""), ("看a.com回T", ""), ("{x}回T", ""),
        ("回T", "x = { most = 3 }"),
    ],
)  # fmt: skip
def test_what_may_not_be_sent_is_refused_when_read(text, slots):
    with pytest.raises(InvalidInput):
        read_templates(written(text, slots))


def test_an_answer_need_not_tell_how_to_refuse():
    assert read_templates(written("已退订", purpose="answer"))


@pytest.mark.parametrize(
    "text", ["[[template", "signature = 1", written("回T") + ONE.format(text="回T", slots="", purpose="offer")]
)
def test_files_that_do_not_fit_are_refused(text):
    with pytest.raises(InvalidInput):
        read_templates(text)


def test_a_signature_that_is_too_long_for_the_worst_case_is_refused():
    assert checked(msgspec.structs.replace(BOOK, signature="一" * 9))
    with pytest.raises(InvalidInput, match="shortlist_3"):
        checked(msgspec.structs.replace(BOOK, signature="一" * 10))


def test_a_version_goes_from_draft_to_the_carriers_word():
    submitted = moved(BOOK, "filled", 1, Approval.SUBMITTED)
    approved = moved(submitted, "filled", 1, Approval.APPROVED)
    assert usable(approved, "filled", OWN).state is Approval.APPROVED
    rejected = moved(approved, "filled", 1, Approval.REJECTED)
    assert usable(rejected, "filled", OWN) is None
    assert usable(submitted, "filled", OWN) is None
    for book, to in ((BOOK, Approval.APPROVED), (submitted, Approval.DRAFT), (rejected, Approval.APPROVED)):
        with pytest.raises(Conflict, match="cannot become"):
            moved(book, "filled", 1, to)
    with pytest.raises(NotFound):
        moved(BOOK, "filled", 2, Approval.SUBMITTED)
    with pytest.raises(NotFound):
        BOOK.latest("unknown")


def test_the_newest_version_that_was_approved_is_sent():
    second = msgspec.structs.replace(BOOK.latest("filled"), version=2)
    book = msgspec.structs.replace(BOOK, template=(*BOOK.template, second))
    book = moved(moved(book, "filled", 1, Approval.SUBMITTED), "filled", 1, Approval.APPROVED)
    assert usable(book, "filled", OWN).version == 1
    assert usable(book, "filled", FILE).version == 2


def test_public_clouds_refuse_shortlists():
    shortlist = BOOK.latest("shortlist_3")
    assert len(objections(shortlist, CLOUD)) == 2
    assert objections(BOOK.latest("call_confirmed"), CLOUD) == ("公有云短信不能用变量填电话号码",)
    assert objections(BOOK.latest("wrong_person_confirmed"), CLOUD) == ()
    assert all(objections(template, OWN) == () for template in BOOK.template)


def test_shipped_texts_are_drafts_so_a_carrier_gets_none():
    assert all(usable(BOOK, template.id, OWN) is None for template in BOOK.template)
    assert all(usable(BOOK, template.id, FILE) is not None for template in BOOK.template)


@pytest.mark.parametrize(
    ("name", "told"),
    [("韦小英", "韦师傅"), ("韦英", "韦师傅"), ("欧阳明", "欧阳师傅"), ("欧阳", "欧师傅"), (f"{RARE}伟", f"{RARE}师傅"),
     ("阿迪力·买买提", "老乡"), ("阿·" * 15, "老乡"), ("司马相如", "司马师傅"), ("阿依古丽江", "老乡"), ("英", "老乡"),
     ("", "老乡"), (None, "老乡")],
)  # fmt: skip
def test_only_a_surname_is_sent(name, told):
    assert greeting(name) == told
    assert units(greeting(name)) <= BOOK.latest("shortlist_3").slots["greeting"].most


def test_a_newer_picture_is_refused_and_a_newer_ideograph_is_not():
    assert faults("\U0001fae8", standard_wording())
    assert not faults("\U0002ebf0", standard_wording())
