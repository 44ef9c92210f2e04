"""The list, the choice and its confirmation through programs of other people: node-smpp, and Kannel with our pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from delivering import Hands
from gateway_settings import QUICK
from live_server import served_app
from msgspec.structs import replace
from peers import Kannel, NodeSmsc, with_kannel, with_node
from texting_county import AT, opened, person, phone
from texting_rig import HOUR, Rig, account

from api import create_app
from matcher.bootstrap import Application
from matcher.gateways import open_for, open_gateway
from matcher.records.texts import OfferState, TextState


def sent_and_delivered(rig: Rig) -> str:
    """A list is planned, released, sent and receipted; its words."""
    rig.release(rig.plan().sending)
    rig.turns(lambda: rig.text("w1").state is TextState.DELIVERED)
    assert len(rig.text("w1").parts) == 2
    return rig.text("w1").body


def chosen_and_confirmed(rig: Rig) -> str:
    """The second job is chosen, a call promised and the confirmation delivered; its words."""
    rig.turns(lambda: rig.desk.texts.replies() and rig.text("w1", "answer").state is TextState.DELIVERED)
    (offer,) = rig.desk.texts.offers(worker_ids=["w1"])
    assert (offer.state, offer.chosen) == (OfferState.CHOSEN, offer.vacancy_ids[1])
    (call,) = rig.desk.texts.tasks(open_only=True)
    assert (call.reason, call.vacancy_id) == ("choice", offer.chosen)
    assert len(rig.text("w1", "answer").parts) == 1
    return rig.text("w1", "answer").body


@with_node
def test_a_choice_by_way_of_node_smpp(tmp_path):
    clock = Hands(AT)
    with (
        closing(NodeSmsc()) as node,
        opened(tmp_path, [person(1)]) as app,
        closing(open_gateway("smpp", account(tmp_path, f"127.0.0.1:{node.port}", clock), QUICK)) as gateway,
    ):
        rig = Rig(app, gateway, clock)
        assert sent_and_delivered(rig) == node.next("text")["text"]
        clock.move(HOUR)
        words = {"source_addr": phone(1), "destination_addr": "106900001", "data_coding": 8, "short_message": "２"}
        node.order("reply", pdu=words)
        body = chosen_and_confirmed(rig)
        assert node.next("text") == {"phone": phone(1), "text": body, "parts": 1}


class Pages:
    """Our own pages on a port, as Kannel calls them; the carrier's key is the county's."""

    def __init__(self, app: Application) -> None:
        self.callbacks = app.sms_callbacks
        self._serving = served_app(create_app(app))
        self.address = self._serving.__enter__()

    def close(self) -> None:
        self._serving.__exit__(None, None, None)


@contextmanager
def kannel_over(app: Application, folder: Path) -> Iterator[Kannel]:
    """Kannel that tells our pages what comes in."""
    pages = Pages(app)
    made = Kannel(folder, pages)
    try:
        yield made
    finally:
        made.close()


@with_kannel
def test_a_choice_by_way_of_kannel_and_our_pages(tmp_path):
    clock = Hands(AT)
    with opened(tmp_path, [person(1)], today=AT.date()) as app:
        app.__dict__["clock"] = clock
        with kannel_over(app, tmp_path) as kannel:
            kannel.smsc.behaviour.receipts = 1
            settings = replace(
                app.settings, sms_address=kannel.account.address, sms_system_id="match", sms_source="106900001",
                sms_server=kannel.county.address,
            )  # fmt: skip
            secret = {"MATCHER_KANNEL_PASSWORD": "secret"}
            with closing(open_for(settings, "kannel", secret, clock.now, app.store.row_key)) as gateway:
                rig = Rig(app, gateway, clock)
                body = sent_and_delivered(rig)
                assert kannel.smsc.texts == [(phone(1), body, 2)]
                clock.move(HOUR)
                kannel.smsc.reply(phone(1), "２")
                body = chosen_and_confirmed(rig)
                assert kannel.smsc.texts[1:] == [(phone(1), body, 1)]
