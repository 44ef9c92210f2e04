"""What a fair pack holds of whom, and how long it is good for."""

from __future__ import annotations

import re

import county
import msgspec
import pytest
from kiosk_rig import TOWNSHIP, Rig, Wire, bring_in, visit

from matcher.errors import PackRefused
from matcher.fair_pack import heading_of, open_pack
from matcher.records import Kind

POVERTY = re.compile(
    "贫|搬迁|监测|低收入|残|弱劳|半劳|建档|registered_poor|relocat|monitored|labour_ability|deep_poverty"
)
LONG_ENOUGH = 9  # bytes: three Chinese signs


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
        workers = [each.person.worker for each in opened[0].contents.people]
        words = {skill.encode() for worker in workers for skill in worker.skills or ()}
        # Three bytes of one sign turn up in sealed ones by chance, once in some hundred runs.
        told = {word for word in words if len(word) >= LONG_ENOUGH} | {worker.worker_id.encode() for worker in workers}
        assert len(told) > len(workers)
        assert not [word for word in told if word in disk]
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
