"""Letting kiosks in and taking them out."""

from __future__ import annotations

import re
from datetime import timedelta

import county
import msgspec
import pytest
from kiosk_rig import ELSEWHERE, TOWNSHIP, Wire, visit

from matcher.errors import Conflict, NotFound, Revoked, SignInNeeded
from matcher.ports.kiosk_home import KioskFile
from matcher.records import Kind
from matcher.records.access import Role
from matcher.records.kiosks import KioskState
from matcher.services.kiosk.demo_kiosk import seed_demo_kiosk
from matcher.services.kiosk.fair_pack import MakePack, make_pack
from matcher.services.kiosk.fleet import By, enrol_kiosk, invite_kiosk, order_wipe, revoke_kiosk
from matcher.services.kiosk.uplink import Contact


@pytest.fixture
def rig(rig):
    """As it is, and no other kiosk is in."""
    for kiosk in rig.run.kiosks.kiosks():
        revoke_kiosk(rig.run.kiosks, rig.run.access, kiosk.kiosk_id, BY)
    rig.clock.at = rig.machine.at = county.NOON
    return rig


BY = By(actor="huang", role="officer", now=county.NOON)


def call(rig, kiosk_id: str) -> MakePack:
    return MakePack(
        kiosk=rig.run.kiosks.kiosk(kiosk_id), today=rig.run.today(), jurisdiction=rig.run.settings.jurisdiction,
        now=rig.clock.now(), by="test", role="officer",
    )  # fmt: skip


class TestEnrolment:
    def test_a_code_lets_one_machine_in_once(self, rig):
        kiosk, code = rig.invite()
        assert re.fullmatch(r"\d{6}", code)
        enrolment = rig.wire.enrol(code)
        assert (enrolment.kiosk_id, enrolment.region_code) == (kiosk.kiosk_id, TOWNSHIP)
        kept = rig.run.kiosks.kiosk(kiosk.kiosk_id)
        assert (kept.state, kept.code_sha256) == (KioskState.ENROLLED, "")
        secret = enrolment.secret.rpartition("_")[2]
        assert secret not in msgspec.json.encode(kept).decode()
        with pytest.raises(NotFound):
            rig.wire.enrol(code)

    def test_the_code_is_not_kept(self, rig):
        kiosk, code = rig.invite()
        told = msgspec.json.encode([kiosk, *rig.run.access.audit(limit=5)]).decode()
        assert code not in told

    @pytest.mark.parametrize(("seconds", "is_let_in"), [(599, True), (600, False)])
    def test_a_code_is_good_for_ten_minutes(self, rig, seconds, is_let_in):
        _, code = rig.invite()
        rig.pass_time(seconds=seconds)
        if is_let_in:
            assert rig.wire.enrol(code)
        else:
            with pytest.raises(NotFound):
                rig.wire.enrol(code)

    @pytest.mark.parametrize(("tries", "is_let_in"), [(4, True), (5, False)])
    def test_five_wrong_codes_void_what_is_open(self, rig, tries, is_let_in):
        kiosk, code = rig.invite()
        wrong = "000000" if code != "000000" else "000001"
        for _ in range(tries):
            with pytest.raises(NotFound):
                rig.wire.enrol(wrong)
        if is_let_in:
            assert rig.wire.enrol(code)
        else:
            with pytest.raises(NotFound):
                rig.wire.enrol(code)
            assert [e.action for e in rig.run.access.audit(subject=f"kiosk:{kiosk.kiosk_id}")].count(
                "kiosk_code_wrong"
            ) == tries

    def test_two_machines_with_one_code_are_not_both_let_in(self, rig, monkeypatch):
        """The second one reads the invitation before the first one uses it up."""
        _, code = rig.invite()
        before = rig.run.kiosks.kiosks()
        enrol_kiosk(rig.run.kiosks, rig.run.access, code, now=rig.clock.now())
        monkeypatch.setattr(rig.run.kiosks, "kiosks", lambda: before)
        with pytest.raises(NotFound):
            enrol_kiosk(rig.run.kiosks, rig.run.access, code, now=rig.clock.now())

    @pytest.mark.parametrize("region", ["450206", "45", "45020610", "450206000", "abc", ""])
    def test_a_kiosk_is_of_a_township(self, rig, region):
        with pytest.raises(Exception, match=r".") as told:
            invite_kiosk(rig.run.kiosks, rig.run.access, name="大厅", region=region, by=BY)
        assert told.value.remedy

    @pytest.mark.parametrize("name", ["", "   ", "长" * 41, "a\x07b"])
    def test_a_kiosk_has_a_name(self, rig, name):
        with pytest.raises(Exception, match="名字"):
            invite_kiosk(rig.run.kiosks, rig.run.access, name=name, region=TOWNSHIP, by=BY)

    def test_guessing_is_slowed_down(self, make_app):
        app = make_app(sign_ins_per_minute=3)
        client = app.test_client()
        answers = [client.post("/api/v1/kiosks/enrol", json={"code": f"{n:06d}"}).status_code for n in range(5)]
        assert answers == [404, 404, 404, 429, 429]


class TestItsCredential:
    def test_it_opens_its_own_and_nothing_else(self, rig):
        kiosk = rig.enrol()
        other, code = rig.invite(ELSEWHERE)
        rig.wire.enrol(code)
        secret = rig.kiosk.folder.enrolment().enrolment.secret
        client, headers = rig.server.test_client(), {"Authorization": f"Bearer {secret}"}
        assert client.get(f"/api/v1/kiosks/{kiosk.kiosk_id}/pack", headers=headers).status_code == 200
        assert client.get(f"/api/v1/kiosks/{other.kiosk_id}/pack", headers=headers).status_code == 404
        worker_id = rig.run.store.records(Kind.WORKERS)[0].worker_id
        for path in ("/api/v1/vacancies", f"/api/v1/workers/{worker_id}/recommendations", "/api/v1/imports"):
            assert client.get(path, headers=headers).status_code == 403
        for path in ("/office/kiosks", "/broker"):
            assert client.get(path, headers=headers).status_code in (302, 303, 401, 403)

    def test_no_token_of_any_role_opens_it(self, rig):
        kiosk = rig.enrol()
        for role in (Role.KIOSK, Role.OFFICER, Role.ADMINISTRATOR):
            headers = county.bearer(rig.server, role)
            path = f"/api/v1/kiosks/{kiosk.kiosk_id}/pack"
            assert rig.server.test_client().get(path, headers=headers).status_code == 403

    @pytest.mark.parametrize("spoil", [lambda s: s[:-1] + "x", lambda s: "mk_k-none_" + "0" * 64, lambda _: "mk_"])
    def test_a_wrong_secret_is_nobodys(self, rig, spoil):
        kiosk = rig.enrol()
        secret = rig.kiosk.folder.enrolment().enrolment.secret
        headers = {"Authorization": f"Bearer {spoil(secret)}"}
        answer = rig.server.test_client().get(f"/api/v1/kiosks/{kiosk.kiosk_id}/pack", headers=headers)
        assert answer.status_code == 401

    def test_revoked_it_is_dead_at_once_and_the_machine_empties_itself(self, rig):
        kiosk = rig.enrol()
        rig.turn()
        visit(rig.screen)
        revoke_kiosk(rig.run.kiosks, rig.run.access, kiosk.kiosk_id, BY)
        with pytest.raises(Revoked):
            Wire(rig.server.test_client(), rig.kiosk.folder.enrolment()).pack()
        assert rig.turn().contact is Contact.TAKEN_OUT
        assert rig.kiosk.folder.enrolment() is None
        assert list(rig.home.iterdir()) == []
        assert rig.run.kiosks.visits(kiosk.kiosk_id) == []
        assert rig.turn().contact is Contact.NOT_ENROLLED
        assert "还没有资料" in rig.screen.get("/kiosk").text

    def test_a_server_that_does_not_know_it_makes_it_forget_nothing(self, rig, make_app):
        """Another database at the same address: what waits goes on waiting."""
        rig.enrol()
        rig.turn()
        visit(rig.screen)
        stranger = make_app()
        with pytest.raises(SignInNeeded):
            Wire(stranger.test_client(), rig.kiosk.folder.enrolment()).pack()
        here, rig.server = rig.server, stranger
        assert rig.turn().contact is Contact.UNKNOWN
        rig.server = here
        assert rig.turn().n_sent == 1


class TestWiping:
    def test_what_waits_is_sent_then_everything_goes(self, rig):
        kiosk = rig.enrol()
        rig.turn()
        visit(rig.screen)
        assert order_wipe(rig.run.kiosks, rig.run.access, kiosk.kiosk_id, BY).state is KioskState.WIPING
        assert rig.turn().contact is Contact.TAKEN_OUT
        assert list(rig.home.iterdir()) == []
        kept = rig.run.kiosks.kiosk(kiosk.kiosk_id)
        assert (kept.state, kept.pack_key) == (KioskState.WIPED, "")
        assert len(rig.run.kiosks.visits(kiosk.kiosk_id)) == 1
        actions = [e.action for e in rig.run.access.audit(subject=f"kiosk:{kiosk.kiosk_id}")][::-1]
        assert actions == [
            "kiosk_invited", "kiosk_enrolled", "fair_pack_made", "kiosk_wipe_ordered", "kiosk_visit", "kiosk_wiped",
        ]  # fmt: skip

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_cut_off_on_the_way_it_is_finished_later(self, rig, when):
        kiosk = rig.enrol()
        rig.turn()
        order_wipe(rig.run.kiosks, rig.run.access, kiosk.kiosk_id, BY)
        assert rig.turn(("/wiped", when)).contact is Contact.OFFLINE
        assert rig.kiosk.folder.is_wiped()
        assert rig.kiosk.folder.held() is None
        rig.start()
        assert rig.turn().contact is Contact.TAKEN_OUT
        assert rig.run.kiosks.kiosk(kiosk.kiosk_id).state is KioskState.WIPED
        assert list(rig.home.iterdir()) == []

    def test_packs_made_before_are_void(self, rig):
        kiosk = rig.enrol()
        rig.turn()
        order_wipe(rig.run.kiosks, rig.run.access, kiosk.kiosk_id, BY)
        assert all(pack.revoked_at for pack in rig.run.kiosks.packs(kiosk.kiosk_id))
        with pytest.raises(Conflict):
            make_pack(
                rig.run.store, rig.run.kiosks, rig.run.access, rig.run.texts, rig.run.means, call(rig, kiosk.kiosk_id)
            )


def test_a_kiosk_keeps_what_it_was_told_when_enrolled_anew(rig):
    first = rig.enrol()
    rig.turn()
    _, code = rig.invite()
    again = rig.wire.enrol(code)
    rig.kiosk.folder.enrol(KioskFile(server="http://127.0.0.1", enrolment=again))
    assert rig.kiosk.folder.held() is None
    assert rig.turn().fetched
    assert rig.kiosk_id != first.kiosk_id
    assert rig.kiosk.folder.heading().made_at - rig.clock.now() == timedelta(0)


def test_the_demonstration_has_a_kiosk_and_says_that_nobody_reported(rig):
    for _ in range(2):
        made = seed_demo_kiosk(rig.run.kiosks, rig.run.store, now=rig.clock.now())
        rig.pass_time(minutes=1)
    assert made.heartbeat.synthetic
    client = rig.server.test_client()
    county.signed_in(client, Role.OFFICER)
    page = client.get("/office/kiosks").text
    assert "合成的报到，不是真机器" in page
    assert made.name in page
    answer = client.get(
        f"/api/v1/kiosks/{made.kiosk_id}/pack", headers={"Authorization": f"Bearer mk_{made.kiosk_id}_"}
    )
    assert answer.status_code == 401
    revoke_kiosk(rig.run.kiosks, rig.run.access, made.kiosk_id, BY)
    assert seed_demo_kiosk(rig.run.kiosks, rig.run.store, now=rig.clock.now()).state is KioskState.REVOKED
