"""One call that reads a file from its bytes to its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from intake_files import COUNTY, ON, Run

from matcher.geography import gazetteer
from matcher.intake import IntakeContext, plan_columns, read_rows, read_table
from matcher.policy import publication_rules, standard_packs, working_age
from matcher.records import Kind
from matcher.settings import Settings


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings()


@pytest.fixture(scope="session")
def context(settings: Settings) -> IntakeContext:
    packs = standard_packs()
    return IntakeContext(
        kind=Kind.WORKERS,
        on=ON,
        region_code=COUNTY,
        gazetteer=gazetteer(),
        settings=settings,
        publication_rules=publication_rules(packs, ON),
        working_age=working_age(packs, ON).minimum,
        key=b"test",
    )


@pytest.fixture(scope="session")
def read(context: IntakeContext) -> Callable[..., Run]:
    """read(kind, source, **changes of the context)"""

    def call(kind: Kind, source: bytes, **changes: Any) -> Run:
        table = read_table(source, name="test", settings=context.settings)
        plan = plan_columns(table, kind, remembered=changes.pop("remembered", None))
        return Run(table, plan, list(read_rows(table, plan, replace(context, kind=kind, **changes))))

    return call
