"""What the load workload serves: a demonstration of the bench county, with brokers who have signed in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from matcher.bootstrap import Application
from matcher.records.access import Role
from matcher.services.access.licences import register_demo_brokers
from matcher.services.access.sign_in import Patience, begin_session
from matcher.services.access.users import NewUser, add_user
from matcher.settings import FILE, from_environment
from tests.bench.county import AT, JURISDICTION
from tests.bench.measure import Laps, repeated

PASSWORD = "korn-mist-lehm-wald"


def prepare(home: str, brokers: int) -> tuple[Laps, Any]:
    """Make the home a demonstration and sign so many brokers in; value: their cookies."""
    return repeated(lambda: _prepared(Path(home), brokers), repeats=1)


def _prepared(home: Path, brokers: int) -> dict[str, list[str]]:
    text = f'jurisdiction = "{JURISDICTION}"\ntoday = {AT.date().isoformat()}\ndemo = true\n'
    (home / FILE).write_text(text, encoding="utf-8")
    application = Application(from_environment(home=home))
    now, cookies = application.clock.now(), []
    patience = Patience(desk=timedelta(hours=2), kiosk=timedelta(minutes=2))
    for number in range(brokers):
        call = NewUser(name=f"load-{number}", display_name="样例", role=Role.BROKER, regions=(), password=PASSWORD)
        add_user(application.access, call, now=now, by="bench")
        user = application.access.user(call.name)
        cookies.append(begin_session(application.access, user, now=now, patience=patience)[1])
    register_demo_brokers(application.access, application.orders, application.today())
    application.close()
    return {"cookies": cookies}
