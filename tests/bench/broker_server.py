"""The server of the broker workload: the product behind waitress, with a broker who has signed in.

`python -m tests.bench.broker_server HOME` prints its port, the broker's cookie and an order, then serves until its
stdin is closed.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from datetime import timedelta
from pathlib import Path

from waitress.server import create_server

from api import create_app
from api.logs import take_over_logging
from api.warming import warm
from matcher.bootstrap import Application
from matcher.errors import InvalidInput
from matcher.language.trade_words import spoken_terms
from matcher.records import Channel, Kind, Vacancy
from matcher.records.access import Role
from matcher.services.access.licences import register_demo_brokers
from matcher.services.access.sign_in import Patience, begin_session
from matcher.services.access.users import NewUser, add_user
from matcher.settings import from_environment
from tests.bench.county import AT, JURISDICTION, SEED

MANY = 10**9
NAME, PASSWORD = "bench-broker", "korn-mist-lehm-wald"


def broker_cookie(application: Application) -> str:
    """The cookie of a registered broker of the whole county who has just signed in."""
    now = application.clock.now()
    call = NewUser(name=NAME, display_name="样例", role=Role.BROKER, regions=(), password=PASSWORD)
    # A home that was served before has the account.
    with contextlib.suppress(InvalidInput):
        add_user(application.access, call, now=now, by="bench")
    register_demo_brokers(application.access, application.orders, application.today())
    patience = Patience(desk=timedelta(hours=2), kiosk=timedelta(minutes=2))
    _, cookie = begin_session(application.access, application.access.user(NAME), now=now, patience=patience)
    return cookie


def open_order(application: Application) -> str:
    """The id of the sewing post with most places left, of any post if there is none."""
    on = application.today()
    found = application.remembering_store.records(Kind.VACANCIES)
    posts = [post for post in found if isinstance(post, Vacancy) and post.open_on(on) and not post.reserved_for]
    best = max(
        (post for post in posts if post.channel is not Channel.MICRO_FARM),
        key=lambda post: ("缝纫" in spoken_terms(post.title), post.places_left, post.vacancy_id),
    )
    return best.vacancy_id


def main() -> None:
    """Serve until stdin is closed."""
    settings = from_environment(
        {}, home=Path(sys.argv[1]), jurisdiction=JURISDICTION, seed=SEED, today=AT.date(), requests_per_minute=MANY
    )
    application = Application(settings)
    take_over_logging()
    app = create_app(application)
    cookie, order = broker_cookie(application), open_order(application)
    warm(app)
    server = create_server(app, host="127.0.0.1", port=0, threads=settings.http_threads)
    threading.Thread(target=server.run, daemon=True).start()
    print(json.dumps({"port": server.effective_port, "cookie": cookie, "order": order}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
