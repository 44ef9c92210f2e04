"""Children of the sms workload: two-part texts handed to a carrier on this machine, receipts taken and answered.

Each returns how many parts were accepted and how many receipts came, so that nobody is fast by leaving something out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import smpplib.client
import smpplib.consts
import smpplib.gsm

from matcher.gateways import Account, Pace, open_gateway
from matcher.messaging.segments import parts
from matcher.ports.gateways import Outgoing
from tests.bench.measure import Laps, timed
from tests.delivering import Office, rules_with

BODY = "【柳江就业】" + "一二三四五六七八九十" * 12
"""127 units, two parts."""
SOURCE, SYSTEM_ID, PASSWORD = "106900001", "match", "secret"
WINDOW = 20
Timed = tuple[Laps, Any]


def _phones(n_texts: int) -> Iterator[tuple[int, str]]:
    return ((number, f"138{number:08}") for number in range(n_texts))


def ours(port: int, texts: int, repeats: int) -> Timed:
    """The gateway of the product, its window full, receipts told and done; the last lap counts its receipts."""
    gateway = open_gateway(
        "smpp",
        Account(home=Path(), address=f"127.0.0.1:{port}", system_id=SYSTEM_ID, password=PASSWORD, source=SOURCE),
        Pace(window=WINDOW),
    )
    cut = parts(BODY)
    batch = [Outgoing(text_id=str(n), phone=phone, parts=cut, reference=n % 256) for n, phone in _phones(texts)]

    def work() -> dict[str, int]:
        accepted = receipts = 0
        # A worker leases a few at a time and settles them before it asks for what came in.
        for start in range(0, texts, 200):
            accepted += sum(
                part.provider_id != "" for told in gateway.submit(batch[start : start + 200]) for part in told.parts
            )
            came = list(gateway.receive())
            gateway.done(came)
            receipts += len(came)
        while receipts < 2 * texts:
            came = list(gateway.receive(5))
            if not came:
                break
            gateway.done(came)
            receipts += len(came)
        return {"accepted": accepted, "receipts": receipts}

    laps, values = timed([work] * repeats)
    gateway.close()
    return laps, values[-1]


def worker(port: int, texts: int, repeats: int) -> Timed:
    """The worker over a SQLite file: each text leased, asked again, submitted, settled, its receipts joined."""
    with TemporaryDirectory() as folder:
        offices = [_office(Path(folder) / f"{number}", port, texts) for number in range(repeats)]
        laps, values = timed([partial(_deliver, office, texts) for office in offices])
        for office in offices:
            office.close()
    return laps, values[-1]


def _office(home: Path, port: int, texts: int) -> Office:
    """A county of its own with a list for each; its worker is not yet connected."""
    home.mkdir()
    office = Office(home, rules=rules_with(parts_per_second=1e9, texts_a_day=10**9))
    office.people(texts)
    office.plan(range(texts), body=BODY)
    account = Account(home=home, address=f"127.0.0.1:{port}", system_id=SYSTEM_ID, password=PASSWORD, source=SOURCE)
    office.carrier = open_gateway("smpp", account, Pace(window=WINDOW))
    office.hire()
    return office


def _deliver(office: Office, texts: int) -> dict[str, int]:
    told = {"accepted": 0, "receipts": 0}
    end = time.monotonic() + 120
    while told["receipts"] < 2 * texts and time.monotonic() < end:
        # The bucket is full again: what is measured is the worker and not its rate.
        office.clock.at_s += 3600.0
        turn = office.deliverer.turn()
        told["accepted"] += 2 * turn.n_accepted
        told["receipts"] += turn.n_receipts
        if told["accepted"] == 2 * texts:
            office.carrier.receive(0.05)
    # The carrier says receipts to whoever is bound: the next lap's worker shall be alone.
    office.carrier.close()
    return told


def smpplib_one_by_one(port: int, texts: int, repeats: int) -> Timed:
    """smpplib alone as its manual has it: its own splitter, a part and its answer, the next part."""
    return _smpplib(port, texts, repeats, window=1)


def smpplib_window(port: int, texts: int, repeats: int) -> Timed:
    """smpplib alone with as many parts under way as ours."""
    return _smpplib(port, texts, repeats, window=WINDOW)


def _smpplib(port: int, texts: int, repeats: int, *, window: int) -> Timed:
    counted = {"accepted": 0, "receipts": 0}

    def sent(pdu: Any, **_: Any) -> None:
        counted["accepted"] += pdu.status == 0

    def received(pdu: Any, **_: Any) -> int:
        counted["receipts"] += pdu.command == "deliver_sm"
        return 0

    logging.disable(logging.CRITICAL)
    client = smpplib.client.Client("127.0.0.1", port, timeout=5, allow_unknown_opt_params=True)
    client.set_message_sent_handler(sent)
    client.set_message_received_handler(received)
    client.connect()
    client.bind_transceiver(system_id=SYSTEM_ID, password=PASSWORD)

    def work() -> dict[str, int]:
        counted.update(accepted=0, receipts=0)
        written = 0
        for _, phone in _phones(texts):
            octets, coding, esm_class = smpplib.gsm.make_parts(BODY)
            for part in octets:
                client.send_message(
                    source_addr=SOURCE,
                    destination_addr=phone,
                    short_message=part,
                    data_coding=coding,
                    esm_class=esm_class,
                    registered_delivery=True,
                )
                written += 1
                while written - counted["accepted"] >= window:
                    client.read_once()
        end = time.monotonic() + 30
        while (counted["accepted"] < written or counted["receipts"] < written) and time.monotonic() < end:
            client.read_once()
        return dict(counted)

    laps, values = timed([work] * repeats)
    client.unbind()
    client.disconnect()
    return laps, values[-1]
