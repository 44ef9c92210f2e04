"""The vocabulary: workers, households, areas, employers, vacancies, plots, placements; no I/O.

Each field carries its Chinese label (`title`) and the clause that asks for it (keys A to E of the requirements
base; "card" is the user's card, "law" general law, "design" our own). A missing value is `None` and means
unknown: it is never read as no. Money is in yuan a month, areas are decimals in mu.
"""

from __future__ import annotations

from matcher.records.base import Record, Texts, clause, label
from matcher.records.codes import (
    COUNTY_DIGITS,
    TOWNSHIP_DIGITS,
    AreaKind,
    Channel,
    ContractType,
    Education,
    EmploymentStatus,
    EvidenceKind,
    Group,
    Kind,
    LabourAbility,
    MonitoredType,
    PlaceClass,
    PlotClass,
    PlotState,
    PoorStatus,
    Sex,
    TravelRange,
    UnemploymentBenefit,
)
from matcher.records.people import Area, Consent, Household, Identity, Judgement, Worker
from matcher.records.work import (
    EXPIRED,
    SUSPENDED,
    Employer,
    Evidence,
    Fact,
    Placement,
    Plot,
    PublishBar,
    Source,
    Vacancy,
)

RECORD_TYPES: dict[Kind, type[Record]] = {
    Kind.HOUSEHOLDS: Household,
    Kind.WORKERS: Worker,
    Kind.VACANCIES: Vacancy,
    Kind.EMPLOYERS: Employer,
    Kind.PLOTS: Plot,
    Kind.PLACEMENTS: Placement,
}
ID_FIELDS: dict[Kind, str] = {
    Kind.HOUSEHOLDS: "household_id",
    Kind.WORKERS: "worker_id",
    Kind.VACANCIES: "vacancy_id",
    Kind.EMPLOYERS: "employer_id",
    Kind.PLOTS: "plot_id",
    Kind.PLACEMENTS: "placement_id",
}

__all__ = [
    "COUNTY_DIGITS",
    "EXPIRED",
    "ID_FIELDS",
    "RECORD_TYPES",
    "SUSPENDED",
    "TOWNSHIP_DIGITS",
    "Area",
    "AreaKind",
    "Channel",
    "Consent",
    "ContractType",
    "Education",
    "Employer",
    "EmploymentStatus",
    "Evidence",
    "EvidenceKind",
    "Fact",
    "Group",
    "Household",
    "Identity",
    "Judgement",
    "Kind",
    "LabourAbility",
    "MonitoredType",
    "PlaceClass",
    "Placement",
    "Plot",
    "PlotClass",
    "PlotState",
    "PoorStatus",
    "PublishBar",
    "Record",
    "Sex",
    "Source",
    "Texts",
    "TravelRange",
    "UnemploymentBenefit",
    "Vacancy",
    "Worker",
    "clause",
    "label",
]
