"""A visit brought in by a kiosk is believed no further than what the server can build again."""

from __future__ import annotations

import msgspec
from kiosk_rig import ELSEWHERE, n_logged, visit

from matcher.records import Kind
from matcher.records.kiosks import SyncedVisit
from matcher.services.kiosk.synced_visits import Taking, take_visit


class TestWhatIsNotBelieved:
    """A kiosk is not trusted further than what the server can build again."""

    def sent(self, rig, change) -> SyncedVisit:
        visit(rig.screen)
        (waiting,) = rig.kiosk.folder.visits.ended(rig.kiosk_id)
        altered = change(waiting)
        kiosk = rig.run.kiosks.kiosk(rig.kiosk_id)
        run = rig.run
        take_visit(Taking(run.store, run.kiosks, run.access, run.texts, run.means), altered, kiosk)
        return altered

    def left_out(self, rig, told: SyncedVisit) -> int:
        return rig.run.access.audit(subject=told.visit_id)[0].detail["n_left_out"]

    def test_a_list_that_does_not_come_out_here_is_not_logged(self, loaded):
        def change(told: SyncedVisit) -> SyncedVisit:
            events = [
                {**event, "answer_hash": "0" * 64} if event["event"] == "decision" else event for event in told.events
            ]
            return msgspec.structs.replace(told, events=tuple(events))

        told = self.sent(loaded, change)
        assert self.left_out(loaded, told) == 4
        assert n_logged(loaded) == 0

    def test_a_reaction_to_what_the_list_did_not_show_is_left_out(self, loaded):
        def change(told: SyncedVisit) -> SyncedVisit:
            events = [
                {**event, "vacancy_id": "other"} if event.get("kind") == "apply" else event for event in told.events
            ]
            return msgspec.structs.replace(told, events=tuple(events))

        told = self.sent(loaded, change)
        assert self.left_out(loaded, told) == 1

    def test_somebody_of_another_township_is_nobody_here(self, loaded):
        stranger = next(
            w.worker_id for w in loaded.run.store.records(Kind.WORKERS) if w.place_code.startswith(ELSEWHERE)
        )

        def change(told: SyncedVisit) -> SyncedVisit:
            events = [
                {**event, "request": {**event["request"], "worker_id": stranger}}
                if event["event"] == "decision"
                else event
                for event in told.events
            ]
            return msgspec.structs.replace(told, events=tuple(events))

        told = self.sent(loaded, change)
        assert self.left_out(loaded, told) == 4
        assert loaded.run.store.decisions_of(stranger) == []

    def test_somebody_erased_meanwhile_leaves_no_list(self, loaded):
        def change(told: SyncedVisit) -> SyncedVisit:
            worker_id = next(e["request"]["worker_id"] for e in told.events if e["event"] == "decision")
            loaded.run.store.erase_worker(worker_id, at=loaded.clock.now(), by="test")
            return told

        told = self.sent(loaded, change)
        assert self.left_out(loaded, told) == 4
