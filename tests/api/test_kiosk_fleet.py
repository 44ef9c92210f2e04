"""Letting kiosks in and taking them out; what a pack holds of whom; the page that watches over all of them."""

from __future__ import annotations

import re
from datetime import timedelta

import county
import msgspec
import pytest
from kiosk_rig import ELSEWHERE, TOWNSHIP, Rig, Wire, bring_in, visit

from matcher.errors import Conflict, NotFound, PackRefused, Revoked, SignInNeeded
from matcher.fair_pack import heading_of, open_pack
from matcher.ports.kiosk_home import KioskFile
from matcher.records import Kind
from matcher.records.access import Role
from matcher.records.kiosks import KioskState
from matcher.services.kiosk.demo_kiosk import seed_demo_kiosk
from matcher.services.kiosk.fair_pack import MakePack, make_pack
from matcher.services.kiosk.fleet import By, enrol_kiosk, invite_kiosk, order_wipe, revoke_kiosk
from matcher.services.kiosk.uplink import Contact

POVERTY = re.compile(
    "贫|搬迁|监测|低收入|残|弱劳|半劳|建档|registered_poor|relocat|monitored|labour_ability|deep_poverty"
)


@pytest.fixture(scope="module")
def server(seeded, tmp_path_factory):
    with county.opened(county.copied(seeded, tmp_path_factory.mktemp("fleet") / "home")) as app:
        yield app


@pytest.fixture
def rig(server, tmp_path):
    for kiosk in county.application_of(server).kiosks.kiosks():
        revoke_kiosk(county.application_of(server).kiosks, county.application_of(server).access, kiosk.kiosk_id, BY)
    county.clock(server).at = county.NOON
    return Rig(server, tmp_path / "kiosk")


BY = By(actor="huang", role="officer", now=county.NOON)


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


def call(rig, kiosk_id: str) -> MakePack:
    return MakePack(
        kiosk=rig.run.kiosks.kiosk(kiosk_id), today=rig.run.today(), jurisdiction=rig.run.settings.jurisdiction,
        now=rig.clock.now(), by="test", role="officer",
    )  # fmt: skip


class TestWhatAPackHolds:
    @pytest.fixture
    def opened(self, rig):
        kiosk = rig.enrol()
        body = Wire(rig.server.test_client(), rig.kiosk.folder.enrolment()).pack()
        key = bytes.fromhex(rig.run.kiosks.kiosk(kiosk.kiosk_id).pack_key)
        return open_pack(body, kiosk_id=kiosk.kiosk_id, kiosk_key=key, now=rig.clock.now()), body

    def test_the_township_and_nobody_else(self, rig, opened):
        people = [each.person.worker for each in opened[0].contents.people]
        everybody = rig.run.store.records(Kind.WORKERS)
        here = [worker.worker_id for worker in everybody if worker.place_code.startswith(TOWNSHIP)]
        assert [worker.worker_id for worker in people] == here
        assert 0 < len(here) < len(everybody)
        also = [member for each in opened[0].contents.people for member in each.person.before]
        assert all(member.place_code.startswith(TOWNSHIP) for member in also)

    def test_no_label_no_name_no_number_no_phone(self, rig, opened):
        people = opened[0].contents.people
        told = msgspec.json.encode(people).decode()
        assert not POVERTY.search(told)
        identities = rig.run.store.identities([each.person.worker.worker_id for each in people])
        for identity in identities.values():
            for secret in (identity.id_number, identity.phone, identity.ethnicity, identity.name):
                assert not secret or len(secret) < 2 or secret not in told
        assert all("*" in each.name for each in people if each.name)

    def test_cards_are_found_by_the_packs_own_index(self, rig, opened):
        rig.kiosk.folder.install(opened[1], rig.clock.now())
        workers = [each.person.worker.worker_id for each in opened[0].contents.people]
        identities = rig.run.store.identities(workers)
        store = rig.kiosk.store
        for worker_id, identity in identities.items():
            if identity.id_number:
                assert store.workers_by_id_number([identity.id_number]) == {identity.id_number: worker_id}
        assert store.workers_by_id_number(["450221196601010028x"]) == {}
        rig.pass_time(hours=80)
        assert store.workers_by_id_number([next(iter(identities.values())).id_number]) == {}

    def test_the_disk_holds_nothing_readable(self, rig, opened):
        rig.kiosk.folder.install(opened[1], rig.clock.now())
        visit(rig.screen)
        disk = b"".join(path.read_bytes() for path in rig.home.iterdir() if path.suffix != ".json")
        for each in opened[0].contents.people:
            assert each.person.worker.worker_id.encode() not in disk
            for skill in each.person.worker.skills or ():
                assert skill.encode() not in disk
        assert {oct(path.stat().st_mode & 0o777) for path in rig.home.iterdir()} == {"0o600"}

    def test_somebody_erased_is_gone_with_the_next_pack_and_the_kiosk_is_told_to_fetch_it(self, rig):
        rig.enrol()
        rig.turn()
        assert not rig.turn().fetched
        gone = rig.kiosk.store.records(Kind.WORKERS)[3].worker_id
        rig.run.store.erase_worker(gone, at=rig.clock.now(), by="test")
        assert rig.turn().fetched
        assert gone not in [worker.worker_id for worker in rig.kiosk.store.records(Kind.WORKERS)]
        assert rig.kiosk.folder.carried(gone) is None
        assert not rig.turn().fetched

    def test_an_older_pack_does_not_bring_somebody_back(self, rig, opened):
        old = opened[1]
        rig.pass_time(hours=1)
        rig.turn()
        with pytest.raises(PackRefused):
            rig.kiosk.folder.install(old, rig.clock.now())

    def test_a_pack_is_renewed_after_six_hours(self, rig):
        rig.enrol()
        rig.turn()
        rig.pass_time(hours=5, minutes=59)
        assert not rig.turn().fetched
        rig.pass_time(minutes=1)
        assert rig.turn().fetched

    def test_who_made_it_for_which_machine_is_in_the_audit(self, rig, opened):
        heading = heading_of(opened[1])
        (entry,) = rig.run.access.audit(subject=heading.pack_id)
        assert (entry.action, entry.actor) == ("fair_pack_made", f"kiosk:{heading.kiosk_id}")
        assert entry.detail["n_people"] == heading.n_people

    def test_a_torn_download_leaves_the_pack_that_was_there(self, rig, monkeypatch):
        rig.enrol()
        rig.turn()
        held = rig.kiosk.folder.heading()
        rig.pass_time(hours=7)
        whole = Wire.pack
        monkeypatch.setattr(Wire, "pack", lambda wire: whole(wire)[:-100])
        assert rig.turn().refused == "torn"
        assert rig.kiosk.folder.heading() == held
        assert visit(rig.screen)["jobs"]


FLAGS = ("registered_poor", "out_of_poverty", "relocated", "deep_poverty_village", "rural_low_income", "hard_to_employ")


def test_flags_turned_round_leave_a_pack_as_it_is_but_for_the_order(make_app, tmp_path):
    """One county before and after every label of a township was turned round: people and names are the same."""
    app = make_app()
    store = county.application_of(app).store
    packs = []
    for turned in (False, True):
        here = [worker for worker in store.records(Kind.WORKERS) if worker.place_code.startswith(TOWNSHIP)]
        if turned:
            rows = [
                [worker.worker_id, *("否" if getattr(worker, flag) is True else "是" for flag in FLAGS)]
                for worker in here
            ]
            bring_in(app, "workers", "\n".join(",".join(row) for row in [["worker_id", *FLAGS], *rows]))
        rig = Rig(app, tmp_path / f"{turned}")
        rig.enrol()
        rig.turn()
        packs.append(rig.kiosk.folder.held().contents.people)
    before, after = packs
    assert [(each.person.worker, each.person.household, each.name) for each in before] == [
        (each.person.worker, each.person.household, each.name) for each in after
    ]
    assert [each.person.standings for each in before] != [each.person.standings for each in after]


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
        shown = re.search(r'<span class="(tag[^"]*)">(?:(?!span).)*报到 \d', client.get("/office/kiosks").text)
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
