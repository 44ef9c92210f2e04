"""Every verb pages, API and commands put into the audit about a person has words for the officer who reads it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import api
from matcher import cli, services
from matcher.services.messages import number_for_call
from matcher.services.office.audit_words import ACTIONS

# Their subjects are uploads, orders, posts, claims, pairs, villages and reports: no person's history holds them.
OF_NOBODY = {"import", "import_preview", "import_problems", "import_rejects", "undo", "order_opened", "order_agreed",
              "order_refused", "arrears_import", "sms_gateway", "post_suspended", "post_resumed",
              "complained_posts", "claims_proposed", "payment_made", "payment_reply", "reconcile",
              "village_assigned", "village_released",
              "village_closed", "village_base", "programme_planned", "programme_held",
              "report_frozen", "report_asked_again", "report_book", "group_reviewed",
              "audit_drawn", "task_noted"}  # fmt: skip


def test_every_look_at_a_person_is_told_in_chinese() -> None:
    verbs = set(_verbs())
    assert {"recommend", "react", "explain", "card"} <= verbs
    assert verbs - OF_NOBODY <= set(ACTIONS)


def test_no_words_stand_for_a_verb_nobody_writes() -> None:
    assert set(ACTIONS) <= {*_verbs(), *_of_services(), number_for_call.ACTION}


def _of_services() -> Iterator[str]:
    """Verbs of entries a use case writes by itself: `action="..."`."""
    for path in Path(str(services.__file__)).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "action" and isinstance(node.value, ast.Constant):
                yield str(node.value.value)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tell":
                yield from (str(one.value) for one in node.args[1:2] if isinstance(one, ast.Constant))


def _verbs() -> Iterator[str]:
    """First arguments of the calls of `looked` that are written out."""
    for path in (path for room in (api, cli) for path in Path(str(room.__file__)).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "looked":
                verb = node.args[0]
                if isinstance(verb, ast.Constant):
                    yield str(verb.value)
