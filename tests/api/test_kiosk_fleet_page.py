"""/office/kiosks: the page that watches over all machines, and lets them in and out."""

from __future__ import annotations

import re

import county
import pytest
from kiosk_rig import ELSEWHERE, TOWNSHIP

from matcher.records.access import Role
from matcher.records.kiosks import KioskState


class TestThePage:
    def office(self, rig, role=Role.OFFICER, regions=()):
        client = rig.server.test_client()
        return client, county.signed_in(client, role, regions)

    def row(self, client, kiosk_id: str) -> dict:
        return next(r for r in client.get("/office/kiosks.json").json["kiosks"] if r["kiosk_id"] == kiosk_id)

    def test_what_a_kiosk_says_stands_there(self, rig):
        kiosk = rig.enrol()
        rig.turn()
        rig.turn()
        client, _ = self.office(rig)
        row = self.row(client, kiosk.kiosk_id)
        cells = {cell["name"]: (cell["text"], cell["fine"]) for cell in row["cells"]}
        assert cells["heartbeat"] == ("0秒前", True)
        assert cells["clock"] == ("准", True)
        assert cells["waiting"] == ("0次", True)
        assert cells["pack"] == ("还能用3天", True)
        assert cells["paper"] == ("没说", False)
        assert (row["state"], row["version"], row["synthetic"]) == ("enrolled", "test", False)

    @pytest.mark.parametrize(("minutes", "fine"), [(2, True), (3, False)])
    def test_silence_is_marked(self, rig, minutes, fine):
        kiosk = rig.enrol()
        rig.turn()
        rig.turn()
        rig.pass_time(minutes=minutes)
        client, _ = self.office(rig)
        (heard,) = [c for c in self.row(client, kiosk.kiosk_id)["cells"] if c["name"] == "heartbeat"]
        assert (heard["text"], heard["fine"]) == (f"{minutes}分钟前", fine)
        (mine,) = [row for row in client.get("/office/kiosks").text.split("<li") if kiosk.kiosk_id in row]
        shown = re.search(r'<span class="(tag[^"]*)">(?:(?!span).)*报到 \d', mine)
        assert ("halt" in shown[1]) is not fine

    def test_a_wrong_clock_is_marked(self, rig):
        rig.machine.advance(days=1)
        kiosk = rig.enrol()
        rig.turn()
        client, _ = self.office(rig)
        (clock,) = [c for c in self.row(client, kiosk.kiosk_id)["cells"] if c["name"] == "clock"]
        assert (clock["text"], clock["fine"]) == ("快1天", False)

    def test_a_code_is_given_on_the_page_once(self, rig):
        client, csrf = self.office(rig)
        told = client.post("/office/kiosks", data={"csrf": csrf, "name": "里高镇", "region": TOWNSHIP})
        assert told.status_code == 201
        code = re.search(r"登记码：(\d{6})", told.text)[1]
        assert rig.wire.enrol(code).name == "里高镇"
        assert code not in client.get("/office/kiosks").text

    def test_what_does_not_fit_is_said_and_kept(self, rig):
        client, csrf = self.office(rig)
        told = client.post("/office/kiosks", data={"csrf": csrf, "name": "某镇", "region": "4502"})
        assert told.status_code == 422
        assert "某镇" in told.text
        assert "前9位" in told.text

    def test_a_region_sees_and_moves_its_own(self, rig):
        kiosk = rig.enrol()
        client, csrf = self.office(rig, regions=(ELSEWHERE,))
        assert kiosk.kiosk_id not in client.get("/office/kiosks").text
        for deed in ("wipe", "revoke"):
            answer = client.post(f"/office/kiosks/{kiosk.kiosk_id}/{deed}", data={"csrf": csrf})
            assert answer.status_code == 404
        refused = client.post("/office/kiosks", data={"csrf": csrf, "name": "别处", "region": TOWNSHIP})
        assert refused.status_code == 422
        assert rig.run.kiosks.kiosk(kiosk.kiosk_id).state is KioskState.ENROLLED

    @pytest.mark.parametrize(("deed", "state"), [("wipe", "wiping"), ("revoke", "revoked")])
    def test_a_press_wipes_or_takes_out(self, rig, deed, state):
        kiosk = rig.enrol()
        client, csrf = self.office(rig)
        assert client.post(f"/office/kiosks/{kiosk.kiosk_id}/{deed}", data={"csrf": csrf}).status_code == 303
        assert rig.run.kiosks.kiosk(kiosk.kiosk_id).state.value == state
        assert rig.run.access.audit(subject=f"kiosk:{kiosk.kiosk_id}")[0].role == "officer"

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.BROKER, Role.HELPER, Role.EMPLOYER])
    def test_nobody_else_reads_it(self, rig, role):
        client, _ = self.office(rig, role)
        assert client.get("/office/kiosks").status_code == 403
