"""Rules over columns of facts: every worker of a county in one pass, answer for answer that of the object evaluator.

facts -> `encode` -> columns -> `evaluate_columns` -> `Answers` (outcome codes, a bit mask of reasons, output columns).
"""

from __future__ import annotations

from matcher.policy.columns.answers import Answers
from matcher.policy.columns.encode import Facts, encode_facts
from matcher.policy.columns.evaluate import covered, evaluate_columns
from matcher.policy.columns.fallback import evaluate_many
from matcher.policy.columns.kinds import Days, Flags, NotInColumns, Numbers, Words
from matcher.policy.columns.nested import Column, Lists, Table

__all__ = [
    "Answers",
    "Column",
    "Days",
    "Facts",
    "Flags",
    "Lists",
    "NotInColumns",
    "Numbers",
    "Table",
    "Words",
    "covered",
    "encode_facts",
    "evaluate_columns",
    "evaluate_many",
]
