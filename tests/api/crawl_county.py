"""Who crawls the county, and what each fills addresses with: ids of their own region, of another's, of nobody."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path
from typing import Any, Final

import county
from crawl_calls import Asker, Known, Value
from crawl_claims import OfficeClaims
from crawl_ledgers import pushed, waited
from crawl_orders import DESKS, Orders
from crawl_pages import HOSTILE
from crawl_texts import Texts
from crawl_villages import BOOKS, NOWHERE, Villages
from flask import Flask
from texting_county import desk_of

from api.v1 import attendant
from api.v1.policy import EXAMPLE as RULE_CALL
from api.v1.shapes import MATCH_EXAMPLE
from matcher.records import Channel, Kind, Vacancy, Worker
from matcher.records.access import Role
from matcher.services.kiosk.fleet import By, invite_kiosk
from matcher.services.kiosk.voices import catalogue, new_voice
from matcher.services.messages import desk as texting
from matcher.services.messages.returns import NoteReturn, note_return
from matcher.services.reconcile.lists import LIST_TITLES
from matcher.services.reports.snapshot import Freeze, freeze

HERE, ELSEWHERE = "450206102", "450206110"
"""Two townships: that of the askers with a region, and another."""
SUBJECT: Final = "demo-450206-w000031"
API: Final = "/api/v1"
N_POSTS: Final = 6
"""Posts that orders are for: every asker's orders are for another, as far as they go."""
STATIC: Final = Path(__file__).parents[2] / "api" / "static"
HELP: Final = Path(__file__).parents[2] / "api" / "help"
WITH_REGION: Final = (HERE,)

PAGES: Final = (
    Asker("nobody", Role.KIOSK, signed_in=False),
    Asker("kiosk", Role.KIOSK, WITH_REGION),
    Asker("helper", Role.HELPER, WITH_REGION),
    Asker("broker of a township", Role.BROKER, WITH_REGION),
    Asker("broker", Role.BROKER),
    Asker("employer", Role.EMPLOYER),
    Asker("officer of a township", Role.OFFICER, WITH_REGION),
    Asker("officer", Role.OFFICER),
    Asker("auditor", Role.AUDITOR),
    Asker("administrator", Role.ADMINISTRATOR),
)
DRAWN: Final = ("nobody", "helper", "broker of a township", "administrator")
"""Who between them are shown every page that there is: a browser draws theirs."""
MACHINES: Final = (
    Asker("machine with a code", Role.KIOSK, api=True, signed_in=False),
    Asker("enrolled kiosk", Role.KIOSK, WITH_REGION, api=True, enrolled=True),
)
"""They walk first: officers wipe and take out whatever kiosk they see."""
TOKENS: Final = (
    Asker("no token", Role.KIOSK, api=True, signed_in=False),
    Asker("worker's token", Role.WORKER, api=True, subject=SUBJECT),
    Asker("kiosk's token", Role.KIOSK, WITH_REGION, api=True),
    Asker("helper's token", Role.HELPER, WITH_REGION, api=True),
    Asker("broker's token of a township", Role.BROKER, WITH_REGION, api=True),
    Asker("broker's token", Role.BROKER, api=True),
    Asker("employer's token", Role.EMPLOYER, api=True),
    Asker("officer's token of a township", Role.OFFICER, WITH_REGION, api=True),
    Asker("officer's token", Role.OFFICER, api=True),
    Asker("auditor's token", Role.AUDITOR, api=True),
    Asker("administrator's token", Role.ADMINISTRATOR, api=True),
)


class Prepared:
    """A county in which lists were made and files came in, here and elsewhere, and what everybody may fill in."""

    def __init__(self, app: Flask, people: list[str] | None = None) -> None:
        self.app = app
        store = county.application_of(app).store
        self.workers = [found for found in store.records(Kind.WORKERS) if isinstance(found, Worker)]
        self.vacancies = [found for found in store.records(Kind.VACANCIES) if isinstance(found, Vacancy)]
        self._identities = store.identities([worker.worker_id for worker in self.workers])
        self._client = app.test_client()
        self._turns = itertools.count()
        self._officer = county.bearer(app, Role.OFFICER)
        self._own, self._foreign = people or self._people(HERE), self._people(ELSEWHERE)
        self._posts = self._orders()
        self._shown, self._lists_here = self._lists(HERE, self._own)
        _, self._lists_elsewhere = self._lists(ELSEWHERE, self._foreign)
        others = [one for one in self.workers if one.place_code.startswith(HERE) and one.worker_id not in self._own]
        self._orders_kept = Orders(app, others, self._open_posts())
        self._order_elsewhere = self._orders_kept.open("elsewhere", ELSEWHERE, self._foreign)
        self._search_elsewhere = self._search()
        self._texts = Texts(app, HERE, ELSEWHERE)
        self._villages = Villages(app, HERE, ELSEWHERE)
        self._claims = OfficeClaims(app, HERE, ELSEWHERE)
        self._jobs = {False: self._upload(VACANCIES, HERE), True: self._upload(VACANCIES, ELSEWHERE)}
        self._whole_job = self._upload(self._people_at_fault(), "", kind="workers")
        self._preview = self._upload(VACANCIES, HERE, dry_run="true")
        self._clip = _voice(app)
        self._run = pushed(app)
        self._push = waited(app)
        _frozen_report(app)
        _came_home(app, [one.worker_id for one in others[-len(PAGES) :]])
        self._kiosks = {region: invited(app, region)[0] for region in (HERE, ELSEWHERE)}
        _, self._code = invited(app, HERE)
        self._throwaway = [self._upload(VACANCIES.replace("c1", f"t{n}"), HERE) for n in range(8)]

    def known(self, asker: Asker) -> Known:
        """What an asker's addresses are filled with."""
        regional = bool(asker.regions)
        throwaway = self._throwaway.pop() if asker.role in (Role.OFFICER, Role.ADMINISTRATOR) else self._throwaway[0]
        own = [asker.subject] if asker.subject else self._own
        foreign = self._foreign[0] if regional else self._own[1] if asker.subject else ""
        jobs = (
            [self._jobs[False], self._preview] if regional else [*self._jobs.values(), self._preview, self._whole_job]
        )
        orders, follow_ups = self._orders_kept.of(asker, HERE, own)
        texts = {
            name: _values(ids, self._texts.foreign[name] if regional else "", f"{name[0]}-none")
            for name, ids in self._texts.of(asker).items()
        }
        claims = {
            name: _values(ids, self._claims.foreign[name] if regional else "", f"{name[0]}-none")
            for name, ids in self._claims.of(asker).items()
        }
        return Known(
            values={
                "worker": _values(own, foreign, "demo-450206-w999999"),
                "vacancy": _values(self._posts, "", "demo-450206-v999999"),
                "order": _values(orders, self._order_elsewhere if regional else "", "o-crawl-none"),
                "follow_up": _values(follow_ups, "", "fu-none"),
                # Searches are each asker's own and found on the page of them (`settle`); another's is none.
                "search": _values([], self._search_elsewhere if regional else "", "s-none"),
                "own session": _values([], "", "0" * 16),
                "decision": _values(self._lists_here, self._lists_elsewhere[0] if regional else "", "d-0000"),
                "import": _values([throwaway, *jobs], self._jobs[True] if regional else "", "i-0000"),
                "pack": _values(["liujiang_2018"], "", "nowhere_2018"),
                "figure": _values(["welfare_post_subsidy", "annual_budget"], "", "no_such_figure"),
                "topic": _values(sorted(found.stem for found in HELP.glob("*.md")), "", "nothing"),
                "kind": _values(list(Kind), "", "nothing"),
                "voice": _values(["cmn"], "", "zha"),
                "clip": _values([self._clip], "", "0123456789ab.opus"),
                "kiosk": _values([self._kiosks[HERE]], self._kiosks[ELSEWHERE] if regional else "", "k-0000"),
                "run": _values([] if regional else [self._run], self._run if regional else "", "r-0000"),
                "push": _values([] if regional else [self._push], self._push if regional else "", "l-0000"),
                "ledger list": _values([*LIST_TITLES], "", "nothing"),
                "text": _values(["shortlist_3", "choice_confirmed"], "", "shortlist_9"),
                "report": _values(["quarterly"], "", "weekly"),
                "period": _values(["2018-Q1"], "", "2018-Q9"),
                **texts,
                **claims,
                "village": _values(self._villages.own, self._villages.foreign if regional else "", NOWHERE),
                "book": _values([*BOOKS], "", "nothing"),
                "file": _values(["desk.css", "vendor/htmx.min.js"], "", "nothing.css"),
            },
            bodies=self._bodies(),
            throwaway=frozenset({throwaway}),
            turns=self._turns,
            fields={
                "q": "缝纫",
                "name": "nobody",
                "password": "wrong-word",
                "value": "1430",
                "n": "2",
                "author": "覃样例",
                "source": "会议纪要",
                "done_on": "2018-05-01",
                "from": "2018-03-01",
                "to": "2018-12-31",
                "region": HERE,
                "most_people": "3",
                "people": self._own[0],
                "until": "2018-12-31",
                "days": "2",
                "fact.months": "12",
                "vouchers": "2",
                "income_yuan_month": "3000",
            },
        )

    def _bodies(self) -> dict[str, dict[str, Any]]:
        """A plausible body of every operation of the API that takes one."""
        reaction = {"vacancy_id": self._shown, "kind": "open"}
        return {
            "v1.match": {"body": json.dumps(MATCH_EXAMPLE)},
            "v1.evaluate": {"body": json.dumps(RULE_CALL)},
            "v1.record_reaction": {"body": json.dumps(reaction)},
            "v1.enrol_machine": {"body": json.dumps({"code": self._code})},
            "v1.heartbeat": {"body": json.dumps({"at": county.NOON.isoformat(), "version": "walk"})},
            "v1.take_in_visit": {"body": json.dumps({"visit_id": "v-00aa", "began_at": county.NOON.isoformat()})},
            "v1.wiped": {"body": "{}"},
            "v1.start_import": {"data": (("kind", "vacancies"), ("dry_run", "true")), "files": (("file", VACANCIES),)},
        }

    def _open_posts(self) -> list[str]:
        """Posts for which somebody is proposed today, none of those that addresses name: deeds may close these."""
        on = county.application_of(self.app).today()
        posts = [post for post in self.vacancies if post.open_on(on) and post.channel == Channel.WORKSHOP]
        posts = [post for post in posts if post.vacancy_id not in self._posts and not post.publish_bars]
        posts.sort(key=lambda post: (not post.reserved_for, post.places_left), reverse=True)
        return [post.vacancy_id for post in posts[:N_POSTS]]

    def _people(self, township: str) -> list[str]:
        """Three of a township: one of a listed group, one of 45 or more, one of neither."""
        here = [worker for worker in self.workers if worker.place_code.startswith(township) and worker.wish_to_work]
        listed = [worker for worker in here if worker.registered_poor and worker.labour_ability != "normal"]
        old = [worker for worker in here if worker.birth_date and worker.birth_date.year < 1970]
        chosen = dict.fromkeys(found[0].worker_id for found in (listed or here, old[1:], here[::-1]) if found)
        return list(chosen)

    def _search(self) -> str:
        """Id of a search that a broker elsewhere keeps."""
        other = county.new_user(self.app, Role.BROKER, (ELSEWHERE,))
        settle(self.app, other, Role.BROKER)
        return county.application_of(self.app).orders.searches(other)[0].search_id

    def _orders(self) -> list[str]:
        """A post of each kind: open to all, reserved, barred by law, heavy, and a plot."""
        kinds = (
            lambda post: not post.reserved_for and not post.publish_bars and post.channel == Channel.WORKSHOP,
            lambda post: bool(post.reserved_for) and not post.publish_bars,
            lambda post: bool(post.publish_bars),
            lambda post: post.heavy_work and not post.publish_bars,
            lambda post: post.channel == Channel.MICRO_FARM,
        )
        found = [next((post.vacancy_id for post in self.vacancies if fits(post)), "") for fits in kinds]
        return [each for each in dict.fromkeys(found) if each]

    def _lists(self, township: str, people: list[str]) -> tuple[str, list[str]]:
        """A listed vacancy; ids of a worker's list and of candidates, none of which reaches beyond a township."""
        kiosk = county.bearer(self.app, Role.KIOSK, (township,))
        broker = county.bearer(self.app, Role.BROKER, (township,))
        theirs = self._client.get(f"{API}/vacancies/{self._posts[0]}/candidates", headers=broker).json
        for worker_id in people:
            mine = self._client.get(f"{API}/workers/{worker_id}/recommendations", headers=kiosk).json
            if mine["lists"][0]["items"]:
                return mine["lists"][0]["items"][0]["vacancy_id"], [mine["decision_id"], theirs["decision_id"]]
        raise AssertionError(f"nobody of {people} was shown anything: choose others")

    def _upload(self, text: str, region: str, *, kind: str = "vacancies", **fields: str) -> str:
        """Id of an import that is done."""
        headers = county.bearer(self.app, Role.OFFICER, (region,) if region else ())
        data = {"kind": kind, "file": (io.BytesIO(text.encode()), f"{kind}.csv"), **fields}
        answer = self._client.post(f"{API}/imports", headers=headers, data=data)
        assert answer.status_code == 202, answer.get_data(as_text=True)
        assert attendant.attendant_of(self.app).rest(60)
        told = self._client.get(answer.headers["Location"], headers=self._officer).json
        assert told["state"] == "done", told
        return told["job_id"]

    def _people_at_fault(self) -> str:
        """A roster whose rows are refused, with the whole identity of somebody in each."""
        rows = ["姓名,身份证号,联系电话,居住地区划代码,出生日期"]
        for worker in self.workers[:6]:
            person = self._identities[worker.worker_id]
            rows.append(f"{person.name},{person.id_number}9,{person.phone or ''}0,{person.name},{person.id_number}")
        return "\n".join(rows)


VACANCIES: Final = "\n".join((
    "vacancy_id,title,channel,place_code,headcount",
    "c1,普工,workshop,450206102,3",
    f'c2,"{HOSTILE[0].replace(chr(34), chr(34) * 2)}",workshop,nowhere,3',
))  # fmt: skip
"""A roster of adverts with one row at fault, whose cell holds markup."""


def settle(app: Flask, user: str, role: Role) -> None:
    """Sign a user in elsewhere too, and keep two searches, of one name, of somebody who may look for people."""
    client = app.test_client()
    csrf = county.session_of(client, user)
    for _ in range(2 if role in DESKS else 0):
        answer = client.post("/broker/searches", data={"csrf": csrf, "is": "departs:unknown", "called": "没说哪天"})
        assert answer.status_code == 303, answer.get_data(as_text=True)


def invited(app: Flask, region: str) -> tuple[str, str]:
    """Id of a kiosk that was asked to enrol, and its code."""
    run = county.application_of(app)
    by = By(actor="walk", role="administrator", now=county.clock(app).now())
    kiosk, code = invite_kiosk(run.kiosks, run.access, name="走查", region=region, by=by)
    return kiosk.kiosk_id, code


def _voice(app: Flask) -> str:
    """A voice with one clip, for a kiosk that nobody has asked yet; the file's name."""
    home = county.application_of(app).settings.home
    new_voice(home, "zha", "壮话")
    folder = new_voice(home, "cmn", "普通话")
    clip = folder / f"{catalogue().entries[0].key}.opus"
    clip.write_bytes(b"clip")
    return clip.name


def _values(own: list[Any], foreign: str, unknown: str) -> list[Value]:
    return [
        *(Value(str(text)) for text in own),
        *([Value(foreign, "foreign")] if foreign else []),
        Value(unknown, "unknown"),
        *(Value(text, "hostile") for text in HOSTILE),
    ]


def _came_home(app: Flask, worker_ids: list[str]) -> None:
    """Entries of the ledger of returns, for every desk one to take back."""
    run = county.application_of(app)
    for worker_id in worker_ids:
        call = NoteReturn(worker_id=worker_id, returned_on=run.today())
        note_return(desk_of(run), call, texting.By("crawl", Role.OFFICER.value, county.NOON))


def _frozen_report(app: Flask) -> None:
    """The report that addresses name."""
    run = county.application_of(app)
    call = Freeze(
        kind="quarterly", period="2018-Q1", on=run.today(), at=county.NOON, by="crawl",
        jurisdiction=run.settings.jurisdiction,
    )  # fmt: skip
    freeze(run.store, run.deeds, run.means, call)
