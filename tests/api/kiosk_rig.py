"""A county's server and a kiosk of it in one process, joined by a wire that a test can cut anywhere."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import county
import msgspec
from flask import Flask
from flask.testing import FlaskClient

from api import create_app
from api.v1 import attendant
from matcher import county_server
from matcher.bootstrap import Application, KioskApplication
from matcher.errors import Unreachable
from matcher.ports.kiosk_home import KioskFile
from matcher.records.access import Role
from matcher.records.kiosks import Kiosk
from matcher.services.kiosk.cards import demo_cards
from matcher.services.kiosk.fleet import By, invite_kiosk
from matcher.services.kiosk.uplink import Condition, Turn
from matcher.settings import Settings

TOWNSHIP: Final = "450206102"
ELSEWHERE: Final = "450206110"


class Wire(county_server.CountyHttp):
    """`CountyHttp` over Flask's test client. cut : the step that fails ("" all of them) before or after it was done."""

    def __init__(self, client: FlaskClient, file: KioskFile | None = None, cut: tuple[str, str] = ("", "")) -> None:
        super().__init__("http://127.0.0.1", file)
        self._client = client
        self.cut = cut
        self.asked: list[str] = []

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None, *, most: int = 0) -> bytes:
        step, when = self.cut
        is_cut = bool(when) and path.endswith(step)
        if is_cut and when == "before":
            raise Unreachable("the wire is cut")
        headers = {"Authorization": f"Bearer {self._file.enrolment.secret}"} if self._file else {}
        data = None if body is None else msgspec.json.encode(body)
        answer = self._client.open(
            f"/api/v1/kiosks{path}", method=method, data=data, headers=headers,
            content_type="application/json" if data else None,
        )  # fmt: skip
        self.asked.append(f"{method} {path} {answer.status_code}")
        if is_cut and when == "after":
            raise Unreachable("the wire is cut")
        if answer.status_code >= 400:
            county_server._refuse(answer.status_code, answer.get_data(), "server")
        return answer.get_data()


class Rig:
    """A server, a kiosk that may enrol with it, and both clocks."""

    def __init__(self, server: Flask, home: Path) -> None:
        self.server = server
        self.run: Application = county.application_of(server)
        self.clock = county.clock(server)
        self.machine = county.SetClock()
        self.home = home
        self.wire = Wire(server.test_client())
        self.start()

    def start(self) -> None:
        """Switch the machine on: a new process over the same folder."""
        self.kiosk = KioskApplication(Settings(home=self.home), self.machine)
        self.app = create_app(self.kiosk)
        self.app.testing = False
        self.screen = self.app.test_client()
        self.kiosk.sessions  # noqa: B018 - what a power cut left under way is over once the machine runs

    def invite(self, region: str = TOWNSHIP) -> tuple[Kiosk, str]:
        by = By(actor="huang", role="officer", now=self.clock.now())
        return invite_kiosk(self.run.kiosks, self.run.access, name="百朋镇大厅", region=region, by=by)

    def enrol(self, region: str = TOWNSHIP) -> Kiosk:
        kiosk, code = self.invite(region)
        enrolment = self.wire.enrol(code)
        self.kiosk.folder.enrol(KioskFile(server="http://127.0.0.1", enrolment=enrolment))
        return self.run.kiosks.kiosk(kiosk.kiosk_id)

    def turn(self, cut: tuple[str, str] = ("", "")) -> Turn:
        """One contact of the kiosk with its server."""

        def server(file: KioskFile) -> Wire:
            self.wire = Wire(self.server.test_client(), file, cut)
            return self.wire

        return self.kiosk.turn(Condition(version="test"), server)

    def offline(self) -> Turn:
        """A contact that reaches nobody."""
        return self.turn(("", "before"))

    def pass_time(self, **span: float) -> None:
        """Both clocks go on."""
        self.clock.advance(**span)
        self.machine.advance(**span)

    @property
    def kiosk_id(self) -> str:
        file = self.kiosk.folder.enrolment()
        return file.enrolment.kiosk_id if file else ""


def bring_in(server: Flask, kind: str, text: str) -> None:
    """Import a csv at the server."""
    headers = county.bearer(server, Role.ADMINISTRATOR)
    data = {"kind": kind, "file": (io.BytesIO(text.encode()), f"{kind}.csv")}
    answer = server.test_client().post("/api/v1/imports", headers=headers, data=data)
    assert attendant.attendant_of(server).rest(60)
    told = server.test_client().get(answer.headers["Location"], headers=headers).json
    assert (told["state"], told["rejected"]) == ("done", 0), told


def csrf(client: FlaskClient) -> str:
    """What the forms of the present visit must carry."""
    found = re.search(r'name="csrf" value="([^"]*)"', client.get("/kiosk/where").text)
    return found[1] if found else ""


def press(client: FlaskClient, path: str, token: str | None = None, **said: str) -> Any:
    """Press a button; where it leads is not looked at."""
    return client.post(path, data={"csrf": csrf(client) if token is None else token, **said})


def visit(client: FlaskClient, card: str = "", *, where: str = "any", over: bool = True) -> dict[str, Any]:
    """A whole visit from card to slip: what was chosen and refused, the code on the slip."""
    press(client, "/kiosk/card", card=card or client.get("/kiosk.json").json["cards"][0]["key"])
    token = csrf(client)
    press(client, "/kiosk/agree", token)
    press(client, "/kiosk/where", token, where=where)
    jobs = client.get("/kiosk/jobs.json").json["jobs"]
    press(client, f"/kiosk/jobs/{jobs[-1]['vacancy_id']}/not", token, reason="wage")
    press(client, f"/kiosk/jobs/{jobs[0]['vacancy_id']}/take", token)
    press(client, "/kiosk/slip", token)
    if over:
        press(client, "/kiosk/over", token)
    return {"job": jobs[0]["vacancy_id"], "refused": jobs[-1]["vacancy_id"], "jobs": jobs}


def decisions(rig: Rig, kiosk_id: str = "") -> list[str]:
    """Ids of the lists that the visits of a kiosk brought with them."""
    kept = rig.run.kiosks.visits(kiosk_id or rig.kiosk_id)
    return [event["decision_id"] for each in kept for event in each.events if event["event"] == "decision"]


def n_logged(rig: Rig) -> int:
    """How often the list of this kiosk's visit is in the log."""
    event = next(e for e in rig.run.kiosks.visits(rig.kiosk_id)[0].events if e["event"] == "decision")
    logged = rig.run.store.decisions_of(event["request"]["worker_id"])
    return sum(each.made_at.isoformat().replace("+00:00", "Z") == event["made_at"] for each in logged)


def whom(rig: Rig) -> str:
    """Whose card the tests lay."""
    return demo_cards(rig.kiosk.store, rig.kiosk.settings, rig.kiosk.today())[0]["worker_id"]


def with_list(rig: Rig) -> list[dict[str, Any]]:
    """Lay the card and answer, up to the three jobs."""
    client = rig.screen
    press(client, "/kiosk/card", card=client.get("/kiosk.json").json["cards"][0]["key"])
    press(client, "/kiosk/agree")
    press(client, "/kiosk/where", where="any")
    return client.get("/kiosk/jobs.json").json["jobs"]


def answered(rig: Rig, *answers: str, over: bool = True) -> str:
    """A visit that ends with these answers to texts; the version of the words that were shown."""
    job = with_list(rig)[0]["vacancy_id"]
    press(rig.screen, f"/kiosk/jobs/{job}/take")
    version = rig.screen.get("/kiosk/phone.json").json["words_version"]
    for answer in answers:
        press(rig.screen, "/kiosk/phone", **{answer: version})
        rig.pass_time(seconds=1)
    if over:
        press(rig.screen, "/kiosk/over")
    return version
