"""M1 to M3: a county writes to its people by a real SMPP session, on a clock set by hand, and takes their answers.

Use cases, store, worker turns and gateway are the real ones; the carrier is the project's own SMSC.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from delivering import Hands
from factories import HOME
from gateway_settings import QUICK
from smsc import Behaviour, Smsc
from texting_county import AT, CHINA, COUNTY, POSTS, opened, person, phone, post
from texting_rig import DAY, HOUR, MINUTE, Rig, account

from matcher.bootstrap import Application
from matcher.gateways import open_gateway
from matcher.messaging.recipients import Held
from matcher.messaging.segments import units
from matcher.records.replies import HalfDay
from matcher.records.texts import Act, OfferState, OutText, Queue, SendingState, TextState
from matcher.services.messages.desk import By
from matcher.services.messages.plan_texts import Planned, plan_texts
from matcher.services.messages.release import release_sending
from matcher.services.messages.write_lists import PlanTexts
from matcher.settings import from_environment

UNITS_A_PART, UNITS_A_TEXT = 67, 134
TWO_ACCOUNTS = "[release]\ntwo_people_above = 1\n"
JOINED = bytes.fromhex("050003")
OTHER_VILLAGE = "450206101201"


@contextmanager
def texting(home: Path, people, posts=POSTS, *, at: datetime = AT, rules: str = "") -> Iterator[Rig]:
    """A county with its worker on a line to an SMSC that says of each part that it was delivered."""
    home.mkdir(exist_ok=True)
    home.joinpath("sending.toml").write_text(rules, encoding="utf-8")
    with opened(home, people, posts) as app, at_work(app, home, at) as rig:
        yield rig


@contextmanager
def at_work(app: Application, home: Path, at: datetime) -> Iterator[Rig]:
    """The worker of a run, with a carrier of its own."""
    clock = Hands(at)
    with Smsc(Behaviour()) as smsc, closing(open_gateway("smpp", account(home, smsc.address, clock), QUICK)) as gateway:
        yield Rig(app, gateway, clock, smsc)


def shown(rig: Rig) -> dict[str, list[str]]:
    """Number -> the texts its phone has shown."""
    found: dict[str, list[str]] = {}
    for text in list(rig.smsc.texts):
        found.setdefault(text.phone, []).append(text.text)
    return found


def parts_of(rig: Rig, number: str):
    return [part for part in list(rig.smsc.parts) if part.phone == number]


class TestM1:
    """A list goes out in two parts, its receipts come back, ２ chooses a job and is confirmed in one part."""

    @pytest.mark.parametrize("rules", ["", TWO_ACCOUNTS], ids=["one account", "two accounts"])
    def test_from_the_list_to_the_promised_call(self, tmp_path, rules):
        with texting(tmp_path, [person(1), person(2)], rules=rules) as rig:
            planned = rig.plan()
            rig.turns(lambda: rig.turn().idle)
            assert rig.smsc.texts == []
            released = rig.release(planned.sending)
            assert len(released.released_by) == (2 if rules else 1)
            rig.turns(lambda: {rig.text(one).state for one in ("w1", "w2")} == {TextState.DELIVERED})

            sent = rig.text("w1")
            found = parts_of(rig, phone(1))
            assert shown(rig)[phone(1)] == [sent.body]
            assert [part.octets[:3] for part in found] == [JOINED, JOINED]
            assert [part.octets[3:6] for part in found] == [bytes([sent.reference, 2, place]) for place in (1, 2)]
            assert [(part.coding, part.registered & 1) for part in found] == [(8, 1), (8, 1)]
            assert max(len(part.words) for part in found) <= 2 * UNITS_A_PART
            assert b"".join(part.words for part in found).decode("utf-16-be") == sent.body

            rig.clock.move(HOUR)
            rig.smsc.reply(phone(1), "２")
            rig.turns(lambda: len(shown(rig)[phone(1)]) == 2)
            (offer,) = rig.desk.texts.offers(worker_ids=["w1"])
            assert (offer.state, offer.chosen) == (OfferState.CHOSEN, offer.vacancy_ids[1])
            (call,) = rig.desk.texts.tasks(open_only=True)
            assert (call.worker_id, call.reason, call.vacancy_id) == ("w1", "choice", offer.chosen)
            assert (call.promised_on, call.promised_half) == (AT.astimezone(CHINA).date(), HalfDay.AFTERNOON)
            answer = parts_of(rig, phone(1))[2:]
            assert [part.place for part in answer] == [(-1, 1, 1)]
            assert "您选2号" in shown(rig)[phone(1)][1]
            assert "今天下午打给您" in shown(rig)[phone(1)][1]
            rig.turns(lambda: rig.text("w1", "answer").state is TextState.DELIVERED)
            assert rig.turn().n_early == 0
            assert len(shown(rig)[phone(2)]) == 1

    def test_the_confirmation_goes_out_in_the_turn_that_takes_the_reply(self, tmp_path):
        with texting(tmp_path, [person(1)]) as rig:
            rig.release(rig.plan().sending)
            rig.turns(lambda: rig.text("w1").state is TextState.DELIVERED)
            rig.smsc.reply(phone(1), "1")
            rig.turns(rig.desk.texts.replies)
            (reply,) = rig.desk.texts.replies()
            (answer,) = rig.desk.texts.texts(reply_id=reply.reply_id)
            assert (answer.created_at, answer.ended_at) == (AT, AT)
            assert answer.state in (TextState.ACCEPTED, TextState.DELIVERED)

    def test_a_part_without_a_receipt_is_told_as_such(self, tmp_path):
        with texting(tmp_path, [person(1)]) as rig:
            rig.smsc.behaviour.receipts = 0
            rig.release(rig.plan().sending)
            rig.turns(lambda: len(rig.smsc.texts) == 1)
            assert rig.text("w1").state is TextState.ACCEPTED
            rig.smsc.receipt(rig.smsc.parts[0])
            rig.turns(lambda: rig.text("w1").state is not TextState.ACCEPTED)
            assert (rig.text("w1").state, rig.text("w1").state.label) == (TextState.PARTLY, "部分回执")


N_PEOPLE = 1000
PLENTY = [
    post(f"v{n}", title=title, place_code=HOME, headcount=4000, wage_low_yuan_month=3000 + n)
    for n, title in enumerate(("缝纫工", "包装工", "普工", "保洁员"))
]


class TestM2:
    """Of a thousand people exactly those who asked, can be reached and were not written to lately get a text."""

    def test_the_expected_set_alone(self, tmp_path):
        with texting(tmp_path, [one_of(n) for n in range(N_PEOPLE)], PLENTY, at=AT - 3 * DAY) as rig:
            recent = {phone(n) for n in range(N_PEOPLE) if n % 10 == 3}
            by = rig.by()._replace(regions=(OTHER_VILLAGE,))
            self.send(rig, by)
            assert set(shown(rig)) == recent
            for n in range(N_PEOPLE):
                if n % 10 == 2:
                    rig.smsc.reply(phone(n), "T" if n % 20 == 2 else "退订")
            rig.turns(lambda: len(rig.desk.texts.replies()) == N_PEOPLE // 10)

            # Monday, half an hour before the hours end; the worker takes a hundred texts in ten minutes.
            rig.clock.move(3 * DAY + 7 * HOUR)
            planned = rig.plan()
            assert planned.sending.n_people == 550
            assert Counter(planned.held.values()) == {
                Held.NOT_ASKED: 100, Held.REFUSED: 100, Held.RECENT: 100, Held.LANDLINE: 100, Held.SHARED_PHONE: 50,
            }  # fmt: skip
            rig.release(planned.sending)
            before = len(rig.smsc.texts)
            while rig.clock.at < AT + 7 * HOUR + 30 * MINUTE:
                rig.turn()
                rig.clock.move(10 * MINUTE)
            assert len(rig.smsc.texts) - before == 300
            left = sorted(text.phone for text in self.waiting(rig, planned))
            for _ in range(3):
                assert rig.turn().n_accepted == 0
                rig.clock.move(4 * HOUR)
            assert len(rig.smsc.texts) - before == 300

            # Two of those who wait say no in the night; one who has the text already says no as well.
            gone = sorted(set(shown(rig)) - recent)[0]
            for number in (left[0], left[-1], gone):
                rig.smsc.reply(number, " ｔ ")
            rig.turns(lambda: len(rig.desk.texts.replies()) == N_PEOPLE // 10 + 3)
            rig.clock.move(3 * HOUR)
            rig.turns(lambda: not self.waiting(rig, planned))

            got = Counter(text.phone for text in rig.smsc.texts[before:] if "选了3个岗" in text.text)
            assert set(got.values()) == {1}
            assert set(got) == expected_phones() - {left[0], left[-1]}
            for number in (left[0], left[-1], gone):
                assert "已退订" in shown(rig)[number][-1]

    def test_who_was_put_off_by_last_nights_database_stays_out(self, tmp_path):
        people = [person(n) for n in range(6)]
        home = tmp_path / "home"
        with texting(home, people, PLENTY) as rig:
            planned = rig.plan()
            backup = tmp_path / "last-night.db"
            copy(home / "matcher.db", backup)
            for number in (1, 4):
                rig.smsc.reply(phone(number), "TD")
            rig.turns(lambda: len(rig.desk.texts.replies()) == 2)
        for extra in home.glob("matcher.db-*"):
            extra.unlink()
        copy(backup, home / "matcher.db")
        with reopened(home, AT + HOUR) as rig:
            assert rig.desk.texts.replies() == []
            rig.release(planned.sending)
            assert rig.turn().n_restored == 2
            rig.turns(lambda: not self.waiting(rig, planned))
            assert set(shown(rig)) == {phone(n) for n in (0, 2, 3, 5)}
            rig.clock.move(8 * DAY)
            again = rig.plan()
            assert {one for one, why in again.held.items() if why is Held.REFUSED} == {"w1", "w4"}

    @staticmethod
    def send(rig: Rig, by: By) -> None:
        planned = plan_texts(rig.desk, PlanTexts(jurisdiction=COUNTY), by)
        release_sending(rig.desk, planned.sending.sending_id, by)
        rig.turns(lambda: rig.desk.texts.sending(planned.sending.sending_id).state is SendingState.ENDED)

    @staticmethod
    def waiting(rig: Rig, planned: Planned) -> list[OutText]:
        texts = rig.desk.texts.texts(sending_id=planned.sending.sending_id)
        return [text for text in texts if text.queue in (Queue.HELD, Queue.QUEUED, Queue.LEASED)]


def one_of(n: int):
    """Of ten people one never agreed, one refuses, one got a list lately, one has no mobile, two share a number."""
    kinds = {
        1: {"consent": None},
        3: {"place_code": OTHER_VILLAGE},
        4: {"phone": "0772-7212345"},
        6: {"phone": phone(n - 1)} if n % 20 == 6 else {},
    }
    return person(n, **kinds.get(n % 10, {}))


def expected_phones() -> set[str]:
    return {phone(n) for n in range(N_PEOPLE) if n % 10 not in (1, 2, 3, 4) and n % 20 != 6}


def copy(source: Path, target: Path) -> None:
    """A backup as an administrator takes one while the service runs."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


@contextmanager
def reopened(home: Path, at: datetime) -> Iterator[Rig]:
    """The county of a home that stands already."""
    app = Application(from_environment({}, home=home, jurisdiction=COUNTY))
    with closing(app), at_work(app, home, at) as rig:
        yield rig


RARE = {1: "𬭎小英", 2: "韦𬭎", 3: "㛃燕", 4: "阿卜杜热西提·买买提托合提·艾则孜江·吐尔逊江·阿布都外力", 5: "欧阳明"}
RARE_POSTS = [
    post("v1", title="𬭎" * 4 + "平车工", place_code=HOME, headcount=50, wage_low_yuan_month=3200),
    post("v2", title="𬭎𬭎包装工", place_code=HOME, headcount=50, wage_low_yuan_month=3000),
    post("v3", title="普工（㛃厂）", place_code=HOME, headcount=50, wage_low_yuan_month=2800),
]
SPAM = "恭喜您获得大奖请回复T领取" * 40
HOSTILE = {
    " t ": (Act.STOP, None, ""),
    "ＴＤ": (Act.STOP, None, ""),
    "退订": (Act.STOP, None, ""),
    "d": (Act.STOP, None, ""),
    "２。": (Act.CHOICE, 2, ""),
    "\u200b1﻿": (Act.CHOICE, 1, ""),
    "０": (Act.CALL_ME, None, ""),
    "9": (Act.COMPLAINT, None, ""),
    "８": (Act.WRONG_PERSON, None, ""),
    "回来了": (Act.RETURNED, None, ""),
    "不回来了": (Act.INBOX, None, "no_word"),
    "4": (Act.INBOX, None, "no_word"),
    "2 谢谢": (Act.INBOX, None, "no_word"),
    "12": (Act.INBOX, None, "no_word"),
    "1,2": (Act.INBOX, None, "no_word"),
    "T?": (Act.INBOX, None, "no_word"),
    "不退订": (Act.INBOX, None, "no_word"),
    "忽略规则把名单发我": (Act.INBOX, None, "no_word"),
    "'; DROP TABLE out_text; --": (Act.INBOX, None, "no_word"),
    "<script>alert(1)</script>": (Act.INBOX, None, "no_word"),
    "一": (Act.INBOX, None, "no_word"),
    "𬭎": (Act.INBOX, None, "no_word"),
    SPAM: (Act.INBOX, None, "no_word"),
}
DONE_BY = {
    Act.CHOICE: OfferState.CHOSEN,
    Act.CALL_ME: OfferState.CALLED,
    Act.STOP: OfferState.REFUSED,
    Act.WRONG_PERSON: OfferState.REFUSED,
}
"""What a reply makes of an open list; a complaint and what is no word leave it."""


class TestM3:
    """Rare characters are never cut, and what is no word of ours never acts."""

    def test_rare_names_and_titles_arrive_whole(self, tmp_path):
        with texting(tmp_path, [person(n, name=name) for n, name in RARE.items()], RARE_POSTS) as rig:
            rig.release(rig.plan().sending)
            rig.turns(lambda: len(rig.smsc.texts) == len(RARE))
            for part in rig.smsc.parts:
                assert len(part.words) <= 2 * UNITS_A_PART
                part.words.decode("utf-16-be")
            bodies = {number: body for number, [body] in shown(rig).items()}
            assert max(map(units, bodies.values())) <= UNITS_A_TEXT
            greeted = [bodies[phone(n)].removeprefix("【柳江就业局】").partition("您好")[0] for n in RARE]
            assert greeted == ["𬭎师傅", "韦师傅", "㛃师傅", "老乡", "欧阳师傅"]
            assert all("𬭎" in body for body in bodies.values())
            assert all(name not in body for body in bodies.values() for name in RARE.values())

    def test_hostile_replies_have_one_outcome_each(self, tmp_path):
        people = [person(n) for n in range(len(HOSTILE))]
        with texting(tmp_path, people, PLENTY) as rig:
            rig.release(rig.plan().sending)
            rig.turns(lambda: len(rig.smsc.texts) == len(people))
            rig.clock.move(MINUTE)
            for n, words in enumerate(HOSTILE):
                rig.smsc.reply(phone(n), words, form="udh8" if len(words) > UNITS_A_PART else "plain")
            rig.turns(lambda: len(rig.desk.texts.replies()) == len(HOSTILE))
            rig.turns(lambda: rig.turn().idle)
            told = {reply.phone: reply for reply in rig.desk.texts.replies()}
            for n, (words, (act, choice, why)) in enumerate(HOSTILE.items()):
                reply = told[phone(n)]
                assert (reply.text, reply.act, reply.choice, reply.why) == (words, act, choice, why)
                (offer,) = rig.desk.texts.offers(worker_ids=[f"w{n}"])
                assert offer.state is DONE_BY.get(
                    act, OfferState.REFUSED if act is Act.WRONG_PERSON else OfferState.OPEN
                )
                assert len(shown(rig)[phone(n)]) == (1 if act is Act.INBOX else 2), words
            calls = Counter(task.reason for task in rig.desk.texts.tasks(open_only=True))
            assert calls == {"choice": 2, "call_me": 1, "complaint": 1, "wrong_person": 1, "returned": 1}
            assert len(rig.desk.texts.replies(unread=True)) == sum(act is Act.INBOX for act, _, _ in HOSTILE.values())
