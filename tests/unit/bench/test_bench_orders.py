"""Which links of a broker's page the load workload takes for an order."""

from __future__ import annotations

from tests.bench.load_tasks import ORDER


def test_lists_and_forms_are_no_order():
    links = ("/broker/orders/mine", "/broker/orders/new", "/broker/orders/o-1", "/broker/orders/o-1/seats", "/broker")
    page = "".join(f'<a href="{link}">x</a>' for link in (*links, "/broker/orders/newer"))
    assert ORDER.findall(page) == ["/broker/orders/o-1", "/broker/orders/newer"]
