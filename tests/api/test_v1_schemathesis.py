"""Schemathesis plays client: whatever the document allows is answered as documented, whatever it forbids is refused.

MATCHER_FUZZ_EXAMPLES=500 makes a long run of it.
"""

from __future__ import annotations

import os

import county
import pytest
import schemathesis
from live_server import served_app
from schemathesis.checks import CHECKS
from schemathesis.config import OperationConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from matcher.records.access import Role

EXAMPLES = int(os.environ.get("MATCHER_FUZZ_EXAMPLES", "8"))
SEED = 1
# What no schema can say, so that a call of the right shape is still refused; everything else must be accepted.
BEYOND_SCHEMA = {
    "match": [422],  # an id that stands twice, a day before the law, a key of another call
    **{name: [422] for name in ("recommendations", "candidates", "pair")},  # a day before the law
    "evaluate": [422],  # each rule asks for facts of its own
    "start_import": [422],  # bytes that are no table
    "record_reaction": [422],  # a key of another call
    "undo": [422],
    **{name: [403] for name in ("fair_pack", "heartbeat", "take_in_visit", "wiped")},  # an enrolled kiosk's alone
    "imports": [400],  # a cursor that was never given
    "import_state": [400],
    "vacancies": [400],
}


@pytest.mark.slow
def test_the_document_is_kept(make_app):
    app = make_app()
    with served_app(app) as url:
        schema = schemathesis.openapi.from_url(f"{url}/openapi/openapi.json")
        schema.config.update(continue_on_failure=True)
        headers = county.bearer(app, Role.ADMINISTRATOR)

        @schema.auth()
        class Bearer:
            def get(self, case, context):
                return headers

            def set(self, case, data, context):
                case.headers = {**(case.headers or {}), **data}

        schema.config.seed = SEED
        schema.config.generation.update(max_examples=EXAMPLES)
        for operation_id, statuses in BEYOND_SCHEMA.items():
            schema.config.operations.operations.append(beyond_schema(operation_id, statuses))
        found, n_calls = outcome(schema)
    assert found == {}, "\n\n".join(f"{label}: {what}\n{told}" for (label, what), told in found.items())
    assert n_calls > 500


def beyond_schema(operation_id, statuses):
    allowed = ["2xx", "404", "409", *map(str, statuses)]
    return OperationConfig.from_dict(
        {"include-operation-id": operation_id, "checks": {"positive_data_acceptance": {"expected-statuses": allowed}}}
    )


def outcome(schema):
    """Every kind of failure of an operation once, and how many calls were made."""
    assert len(CHECKS.get_all()) > 10
    found, n_calls = {}, 0
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError):
            found[event.label, "error"] = str(event.value)
        if isinstance(event, ScenarioFinished):
            n_calls += len(event.recorder.interactions)
            found |= dict(failures(event.recorder))
    return found, n_calls


def failures(recorder):
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.status == Status.FAILURE:
                failure = check.failure_info.failure
                answer = recorder.interactions[case_id].response
                told = f"{failure.message}\n{check.failure_info.code_sample}\n{answer.status_code} {answer.text[:400]}"
                yield (recorder.label, type(failure).__name__), told
