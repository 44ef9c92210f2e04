"""What replies mean, variant by variant; that nothing else ever acts; to which list a choice belongs."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.messaging.replies import Meaning, Offer, Outcome, Why, classify, parse_reply_words, resolve
from matcher.records.texts import Act

ONE, TWO, THREE = (Meaning(Act.CHOICE, n) for n in (1, 2, 3))
CALL, COMPLAINT, WRONG, STOP, HOME, INBOX = (
    Meaning(act) for act in (Act.CALL_ME, Act.COMPLAINT, Act.WRONG_PERSON, Act.STOP, Act.RETURNED, Act.INBOX)
)
TABLE = {
    "1": ONE, "2": TWO, "3": THREE, "１": ONE, "２": TWO, "３": THREE, " 1": ONE, "2 ": TWO, "\t3\r\n": THREE,
    "　２　": TWO, "②": TWO, "2。": TWO, "2.": TWO, "２．": TWO, "1!": ONE, "1！": ONE, "“3”": THREE, "(2)": TWO,
    "（２）": TWO, "【1】": ONE, "\u200b2": TWO, "\ufeff3": THREE, "1、": ONE, "2~": TWO, "2…": TWO,
    "0": CALL, "０": CALL, " 0 ": CALL, "0。": CALL, "9": COMPLAINT, "９": COMPLAINT, "9!!!": COMPLAINT,
    "8": WRONG, "８": WRONG, "8 ": WRONG,
    "T": STOP, "t": STOP, " t ": STOP, "Ｔ": STOP, "ｔ": STOP, "TD": STOP, "td": STOP, "Td": STOP, "ＴＤ": STOP,
    "ｔｄ": STOP, "T D": STOP, "D": STOP, "d": STOP, "Ｄ": STOP, "退订": STOP, " 退订 ": STOP, "退 订": STOP,
    "退订。": STOP, "退订！": STOP, "“退订”": STOP, "TD.": STOP,
    "回来了": HOME, "“回来了”。": HOME, "我 回来了": HOME, "返乡": HOME, "到家了！": HOME, "回家了": HOME,
    "不回来了": INBOX, "回来了吗": INBOX, "回来": INBOX, "没回来了": INBOX, "我弟弟回来了": INBOX, "年底返乡": INBOX,
    "2 谢谢": INBOX, "2谢谢": INBOX, "我选2": INBOX, "2号": INBOX, "回2": INBOX, "二": INBOX, "12": INBOX, "1 2": INBOX,
    "1、2": INBOX, "1,2": INBOX, "2?": INBOX, "２？": INBOX, "+1": INBOX, "-1": INBOX, "1#": INBOX, "#1": INBOX,
    "10": INBOX, "22": INBOX, "4": INBOX, "5": INBOX, "6": INBOX, "7": INBOX, "00": INBOX, "1.0": INBOX,
    "0.1": INBOX, "02": INBOX,
    "": INBOX, " ": INBOX, "。": INBOX, "TT": INBOX, "DT": INBOX, "N": INBOX, "不要退订": INBOX, "退": INBOX,
    "退订吗": INBOX, "怎么退订": INBOX, "别退订": INBOX, "好": INBOX, "忽略规则把名单发我": INBOX,
    "1; DROP TABLE outbox": INBOX, "STOP": INBOX, "Т": INBOX, "2\x00": INBOX, "²2": INBOX, "一会再说": INBOX,
    "你好，我想问2号岗": INBOX, "2" + " " * 20: INBOX, "2" * 500: INBOX, " " * 499 + "2": INBOX,
}  # fmt: skip
HOMES = {"返乡", "返乡了", "回来了", "我回来了", "已回来", "回家了", "我回家了", "到家了"}


@pytest.mark.parametrize(("text", "meaning"), TABLE.items(), ids=range(len(TABLE)))
def test_variants(text, meaning):
    assert classify(text) == meaning


def test_there_are_variants_of_everything():
    assert len(TABLE) >= 40
    assert {meaning.act for meaning in TABLE.values()} == set(Act)


@given(st.text(alphabet=st.one_of(st.sampled_from("1230T退订 9D8"), st.characters()), min_size=21, max_size=500))
def test_nothing_long_acts(text):
    assert classify(text) == INBOX


@given(
    st.sampled_from("1230TD98"), st.text(alphabet="谢好想去号岗人吗abcxyz4567", min_size=1, max_size=12), st.booleans()
)
def test_a_word_among_others_never_acts(word, rest, first):
    assert classify(f"{word} {rest}" if first else f"{rest} {word}") == INBOX


@given(st.text(max_size=20))
def test_what_acts_is_the_word_alone(text):
    meaning = classify(text)
    if meaning.act is not Act.INBOX:
        letters = [c for c in unicodedata.normalize("NFKC", text).upper() if unicodedata.category(c)[0] in "LNS"]
        assert "".join(letters).strip("~<>") in {"0", "1", "2", "3", "8", "9", "T", "TD", "D", "退订", *HOMES}


@given(st.sampled_from(sorted(key for key in TABLE if len(key) < 8)), st.sampled_from([" ", "　", "\n", "\u200b", ""]))
def test_blanks_around_change_nothing(text, blank):
    assert classify(f"{blank}{text}{blank}") == TABLE[text]


AT = datetime(2026, 1, 20, 12, tzinfo=UTC)


def offer(worker: str = "w1", days_ago: int = 1, n_jobs: int = 3, open_days: int = 10) -> Offer:
    sent = AT - timedelta(days=days_ago)
    return Offer(f"{worker}-{days_ago}", worker, n_jobs, sent, sent + timedelta(days=open_days))


def test_a_choice_belongs_to_the_latest_open_list():
    old, new = offer(days_ago=8), offer(days_ago=1)
    assert resolve(TWO, [new, old], AT) == Outcome(Act.CHOICE, 2, new)
    # A list sent after the reply was written is not what it answers.
    assert resolve(TWO, [old, offer(days_ago=-1)], AT) == Outcome(Act.CHOICE, 2, old)


def test_a_choice_has_to_be_on_the_list():
    two = offer(n_jobs=2)
    assert resolve(TWO, [two], AT).act is Act.CHOICE
    assert resolve(THREE, [two], AT) == Outcome(Act.INBOX, 3, two, Why.NO_SUCH_JOB)


def test_a_choice_counts_until_the_list_is_over():
    just = offer(days_ago=10)
    assert resolve(ONE, [just], AT) == Outcome(Act.INBOX, 1, just, Why.LATE)
    assert resolve(ONE, [just], AT - timedelta(seconds=1)).act is Act.CHOICE


def test_of_several_people_on_a_phone_a_person_asks():
    first, second = offer("w1", 2), offer("w2", 1)
    assert resolve(ONE, [first, second], AT) == Outcome(Act.INBOX, 1, second, Why.WHOSE)
    # Who is called, complains or is no longer there need not be named first.
    for meaning in (CALL, COMPLAINT, WRONG):
        assert resolve(meaning, [first, second], AT) == Outcome(meaning.act, None, second)
    assert resolve(ONE, [offer("w1", 20), second], AT) == Outcome(Act.CHOICE, 1, second)


def test_a_foreign_number_can_refuse_or_come_home_and_nothing_else():
    for meaning in (STOP, HOME):
        assert resolve(meaning, [], AT) == Outcome(meaning.act)
    for meaning in (ONE, CALL, COMPLAINT, WRONG):
        assert resolve(meaning, [], AT) == Outcome(Act.INBOX, meaning.choice, None, Why.NO_OFFER)


def test_calls_complaints_refusals_and_returns_are_never_late():
    old = offer(days_ago=40)
    for meaning in (CALL, COMPLAINT, WRONG, STOP, HOME):
        assert resolve(meaning, [old], AT) == Outcome(meaning.act, None, old)


def test_a_refusal_stands_whoever_shares_the_phone():
    assert resolve(STOP, [offer("w1", 2), offer("w2", 1)], AT).act is Act.STOP


@given(
    st.sampled_from(sorted(set(TABLE.values()))),
    st.lists(st.builds(offer, st.sampled_from(["w1", "w2"]), st.integers(-2, 30), st.integers(0, 3))),
)
def test_free_text_never_acts_whatever_was_sent(meaning, offers):
    outcome = resolve(meaning, offers, AT)
    assert outcome.act in {meaning.act, Act.INBOX}
    assert (outcome.why is None) == (outcome.act is not Act.INBOX)
    if outcome.act is Act.CHOICE:
        assert outcome.offer is not None
        assert outcome.offer.sent_at <= AT < outcome.offer.open_until
        assert outcome.choice <= outcome.offer.n_jobs


HEAD = 'longest_read = 20\nsame_within_minutes = 10\nedges = "。"\n[words]\n'


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('stop = ["T"]\ncall_me = ["T"]', "'T' cannot mean call_me"),
        ('stop = ["t"]', "'t' cannot mean stop"),
        ('inbox = ["1"]', "cannot mean inbox"),
        ('choice = ["A"]', "is no number"),
        ('sing = ["1"]', "does not fit"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(words, told):
    with pytest.raises(InvalidInput, match=told):
        parse_reply_words(HEAD + words)
