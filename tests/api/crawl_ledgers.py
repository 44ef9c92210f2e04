"""Two small ledgers for the crawl, pushed and waiting: invented people who stand in no roster."""

from __future__ import annotations

from county import application_of
from flask import Flask

from matcher.records.access import ImportJob
from matcher.services.reconcile.push_job import LEDGERS
from matcher.services.reconcile.runs import Push, push

_HEADER = "姓名,身份证号,村,就业状态\n"
_LEFT = (
    "蒙样甲,450206197801010028,样例村,已就业\n蒙样乙,450206199203050010,样例村,未就业\n"
    + 2 * "蒙样丙,450206196511110018,样例村,未就业\n"
)
_RIGHT = (
    "蒙样甲,450206197801010082,样例村,已就业\n蒙样乙,450206199203050010,样例村,已就业\n"
    "蒙样丁,450206195003070013,样例村,已就业\n"
)


def pushed(app: Flask) -> str:
    """A run with two pairs that wait for an answer, somebody in each ledger alone, and one of them written twice."""
    application = application_of(app)
    call = Push(
        left=(_HEADER + _LEFT).encode(),
        right=(_HEADER + _RIGHT).encode(),
        left_name="左.csv",
        right_name="右.csv",
        on=application.today(),
        jurisdiction=application.settings.jurisdiction,
        by="user:crawl",
    )
    return push(application.deeds, application.means, call, key=application.store.row_key(), at=application.clock.now())


def waited(app: Flask) -> str:
    """Two ledgers whose comparison came to nothing."""
    application, job_id = application_of(app), "l-crawl"
    names = {"left": "左.csv", "right": "右.csv", "remedy": "请补上表头。"}
    application.access.put_job(
        ImportJob(
            job_id=job_id,
            kind=LEDGERS,
            file="left-左.csv",
            actor="user:crawl",
            created_at=application.clock.now(),
            state="failed",
            error="没有找到可以核对的表头。",
            summary=names,
        )
    )
    return job_id
