"""A pack of one rule, whole and in order, for tests to break."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.errors import PackError
from matcher.policy import load_pack, standard_packs

PACK = """\
id = "small_2030"
name = "小县"
regions = ["990101"]

[document]
title = "小县办法"
number = "小政发〔2030〕1号"
issued = 2030-01-01
from = 2030-01-01
to = 2031-12-31
"""


PARAMETERS = """\
[[parameter]]
id = "age_min"
kind = "number"
value = 50
unit = "周岁"
operator = ">="
clause = "一"

[[parameter]]
id = "fee"
kind = "masked"
unit = "元"
clause = "二"
"""


RULES = """\
[[rule]]
id = "SM_ROUTE"
title = "小县规则"
clause = "一"
day = "as_of"
otherwise = "eligible"
inputs = { as_of = "date", birth_date = "date?", consent = "bool?" }

[[rule.steps]]
outcome = "not_eligible"
requires = [
  { is = "yes", fact = "consent", reason = "declined" },
  { is = "age_keeps", fact = "birth_date", bound = "age_min", reason = "too_young" },
]

[[rule.steps]]
outcome = "needs_review"
stop_on = "unknown"
requires = [{ is = "yes", fact = "consent", reason = "consent_not_recorded" }]

[[service]]
id = "general"
title = "一般"

[[service.tiers]]
rank = 0
label = "第一档"
when = { any = ["registered_poor"] }
clause = "一"

[[service.tiers]]
rank = 1
label = "第二档"
clause = "一"
"""


CASES = """\
[[case]]
rule = "SM_ROUTE"
name = "愿意且到龄"
polarity = "positive"
inputs = { as_of = 2030-06-01, birth_date = 1980-06-01, consent = true }
expected = { outcome = "eligible", reasons = [] }
"""


FILES = {"pack.toml": PACK, "parameters.toml": PARAMETERS, "rules.toml": RULES, "cases.toml": CASES}


def write(root: Path, name: str = "small_2030", **changed: str) -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    for file, text in FILES.items():
        (folder / file).write_text(changed.get(file.removesuffix(".toml"), text), encoding="utf-8")
    return folder


def problems(root: Path, **changed: str):
    with pytest.raises(PackError) as caught:
        load_pack(write(root, **changed), standard_packs().vocabulary)
    return caught.value.problems


def line(text: str, part: str) -> int:
    """1-based line of the last line that holds `part`."""
    return max(at for at, row in enumerate(text.splitlines(), start=1) if part in row)
