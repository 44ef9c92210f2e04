"""A kiosk without a network says how old its news are, and that its clock is wrong."""

from __future__ import annotations

from kiosk_rig import press, visit


class TestTheClock:
    """Old news are said to be old; what is over, or not yet, opens nobody's list."""

    def screens(self, rig) -> str:
        return rig.screen.get("/kiosk").text

    def test_after_a_day_it_is_yesterdays_and_still_serves(self, loaded):
        loaded.pass_time(hours=23, minutes=59, seconds=59)
        assert "不是今天的消息" not in self.screens(loaded)
        loaded.pass_time(seconds=1)
        assert "不是今天的消息" in self.screens(loaded)
        assert visit(loaded.screen)["jobs"]

    def test_after_three_days_nobody_is_there_and_the_adverts_are(self, loaded):
        loaded.pass_time(hours=71, minutes=59)
        loaded.offline()
        assert loaded.screen.get("/kiosk.json").json["cards"]
        loaded.pass_time(minutes=1)
        assert "过期" in self.screens(loaded)
        assert loaded.screen.get("/kiosk.json").json["cards"] == []
        assert loaded.screen.get("/kiosk/all.json").json["total"] > 100
        loaded.offline()
        held = loaded.kiosk.folder.held()
        assert (held.contents.people, held.key) == ((), b"")
        loaded.start()
        assert loaded.kiosk.folder.held().contents.people == ()
        assert loaded.screen.get("/kiosk/all.json").json["total"] > 100

    def test_a_pack_that_ends_in_the_middle_of_a_visit_says_so(self, loaded):
        client = loaded.screen
        loaded.pass_time(hours=71, minutes=59, seconds=58)
        press(client, "/kiosk/card", card=client.get("/kiosk.json").json["cards"][0]["key"])
        loaded.pass_time(seconds=3)
        answer = client.get("/kiosk/agree")
        assert answer.status_code == 410
        assert "过期" in answer.text

    def test_a_clock_a_day_slow_is_set_right_by_the_server(self, rig):
        rig.machine.advance(days=-1)
        rig.enrol()
        assert rig.turn().fetched
        kiosk = rig.run.kiosks.kiosk(rig.kiosk_id)
        assert kiosk.heartbeat.clock_off_s == -86_400
        assert rig.kiosk.clock.now() == rig.clock.now()
        assert rig.kiosk.news().value == "fresh"
        visit(rig.screen)
        rig.turn()
        assert rig.run.kiosks.visits(kiosk.kiosk_id)[0].began_at == rig.clock.now()

    def test_a_clock_that_goes_back_without_a_network_serves_nobody_and_says_so(self, loaded):
        loaded.machine.advance(days=-1)
        loaded.start()
        loaded.offline()
        assert loaded.kiosk.news().value == "too_early"
        assert "钟不对" in self.screens(loaded)
        assert loaded.screen.get("/kiosk.json").json["cards"] == []
        loaded.turn()
        assert loaded.kiosk.news().value == "fresh"

    def test_a_clock_that_went_back_behind_what_it_has_seen_is_wrong_too(self, loaded):
        loaded.pass_time(hours=30)
        loaded.offline()
        loaded.machine.advance(hours=-20)
        assert loaded.kiosk.news().value == "too_early"
