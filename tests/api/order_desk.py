"""Somebody at a desk with a new order, and records written straight into the county."""

from __future__ import annotations

from typing import Any

import county
import msgspec
from county import application_of

from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.access import Role


class Desk:
    """A browser of somebody at a desk, with the token of its forms."""

    def __init__(self, app, role: Role = Role.BROKER, *regions: str) -> None:
        self.app, self.client = app, app.test_client()
        self.name = county.new_user(app, role, regions)
        self.csrf = county.session_of(self.client, self.name)

    def post(self, path: str, **fields: str):
        return self.client.post(path, data={**fields, "csrf": self.csrf})

    def form(self) -> dict[str, Any]:
        answer = self.client.get("/broker/orders/new.json")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    def write(self, do: str = "check", **fields: str) -> dict[str, Any]:
        answer = self.post("/broker/orders/new", do=do, **fields)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self.form()

    def open(self, **fields: str):
        self.write(**fields)
        return self.post("/broker/orders/new", do="open", **fields, order_id=self.form()["order_id"])


def write(app, kind: Kind, id_field: str, records: list[Any]) -> None:
    changes = [
        Change(record_id=getattr(record, id_field), sheet="S", row=row,
               fields={n: v for n, v in msgspec.to_builtins(record).items() if n != id_field and v is not None})
        for row, record in enumerate(records, 2)
    ]  # fmt: skip
    batch = Batch(batch_id=f"b-{id_field}", kind=kind, file="f", file_sha256="0" * 64, imported_at=county.NOON, by="t")
    application_of(app).store.write_batch(batch, changes)
