"""Documents of policy: which there are, what they say, and what their rules answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, RootModel

from api.state import means, today
from api.v1.operations import Operation, attach
from api.v1.reading import NoParameters, OfPack, OnDay
from api.v1.shapes import Strict
from matcher.errors import InvalidInput, MatcherError, NotFound, Problem
from matcher.policy import (
    NotYetHere,
    Pack,
    State,
    describe,
    digest,
    evaluate_rule,
    from_settings,
    rule_ids,
    state,
)
from matcher.records.access import Scope

MOST_CALLS: Final = 1000
EXAMPLE: Final[dict[str, Any]] = {
    "rule_id": "X_AGE",
    "inputs": {"age_basis": "birthday", "as_of": "2018-02-08", "birth_date": "1973-02-08"},
}


class RuleCall(Strict):
    """One rule and the facts it is asked about; which facts it takes, `GET /policy/packs/{id}` tells."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})
    rule_id: str = Field(max_length=100)
    inputs: dict[str, Any]


class RuleCalls(RootModel[RuleCall | Annotated[list[RuleCall], Field(max_length=MOST_CALLS)]]):
    """One call, or a batch of them."""

    model_config = ConfigDict(strict=True, json_schema_extra={"example": EXAMPLE})


class RuleAnswers(RootModel[dict[str, Any] | list[dict[str, Any]]]):
    """The answer of one call; of a batch the answers in its order."""


class PackLine(BaseModel):
    """A document of policy and whether it is in force on the day."""

    id: str
    name: str
    document: str
    regions: list[str]
    state: State
    rules: int
    parameters: int
    digest: str


class PackList(BaseModel):
    """All packs."""

    on: date
    packs: list[PackLine]
    rules: list[str] = Field(description="Every rule `POST /policy/evaluate` answers.")


class PackPage(PackLine):
    """A pack with its page in Chinese."""

    page: str = Field(description="Markdown: every figure with unit, dates and clause.")


def init_api(api: APIBlueprint) -> None:
    """Attach these operations."""
    attach(api, "get", "/policy/packs", packs, Operation(scope=Scope.POLICY, answer=PackList))
    attach(api, "get", "/policy/packs/<id>", pack, Operation(scope=Scope.POLICY, answer=PackPage, faults=(404,)))
    attach(api, "post", "/policy/evaluate", evaluate, Operation(
        scope=Scope.POLICY, answer=RuleAnswers, body=RuleCalls, writes=True,
    ))  # fmt: skip


def packs(query: OnDay) -> dict[str, Any]:
    """Packs with their document, regions and state on a day."""
    day = query.on or today()
    return {
        "on": day.isoformat(),
        "packs": [_line(found, day) for found in means().packs.packs.values()],
        "rules": list(rule_ids(means().packs)),
    }


def pack(path: OfPack, query: NoParameters) -> dict[str, Any]:
    """A pack as a readable Chinese page, each number with clause and dates."""
    found = means().packs.packs.get(path.pack_id)
    if found is None:
        known = "、".join(means().packs.packs)
        raise NotFound("没有这份政策文件", where=path.pack_id, remedy=f"可以用的编号：{known}。")
    return {**_line(found, today()), "page": describe(found, means().packs.vocabulary)}


def evaluate(body: RuleCalls) -> Any:
    """The answer of a rule to the given facts, or of each call of a batch; a batch answers whole or not at all."""
    calls = body.root if isinstance(body.root, list) else [body.root]
    answers, problems = [], []
    for number, call in enumerate(calls, start=1):
        try:
            answers.append(_answer(call))
        except (InvalidInput, NotYetHere) as error:
            problems += _told(error, number if isinstance(body.root, list) else 0)
    if problems:
        raise InvalidInput("有的规则不能回答", tuple(problems), remedy="请按每一处的提示修改。")
    return answers if isinstance(body.root, list) else answers[0]


def _answer(call: RuleCall) -> dict[str, Any]:
    return evaluate_rule(call.rule_id, call.inputs, packs=means().packs, conventions=from_settings(means().settings))


def _told(error: MatcherError, number: int) -> list[Problem]:
    """The faults of one call; `row` is its place in the batch, counted from 1."""
    found = getattr(error, "problems", ()) or (
        Problem(column=error.where, found=error.what, expected="a rule of this version", fix=error.remedy),
    )
    return [
        Problem(row=number, column=each.column, found=each.found, expected=each.expected, fix=each.fix)
        for each in found
    ]


def _line(found: Pack, day: date) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "document": found.cited,
        "regions": list(found.regions),
        "state": state(found, day).value,
        "rules": len(found.rules),
        "parameters": len(found.parameters),
        "digest": digest(found)[:12],
    }
