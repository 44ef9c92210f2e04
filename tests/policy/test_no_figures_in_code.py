"""Policy is data: no amount, age, date, quota or place of a document stands in the code that applies it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from matcher.policy import standard_packs

MATCHER = Path(__file__).parents[2] / "matcher"
ROOMS = ("policy", "eligibility", "priority.py", "allocation", "messaging", "office")
# What may stand in code: signs, halves of arithmetic, digits of region codes, months, scales; never a quota or an age.
ALLOWED = {-1, 0, 1, 2, 4, 6, 9, 12, 64, 80, 100, 1000, 1024, 0.5}
# Constants of fixed-point arithmetic, calendars, convergence, samples, octets, how much is quoted or drawn, digits of
# ids, by the name given.
ARITHMETIC = {
    "N_ID",
    "TEN",
    "TENTHS",
    "MOST",
    "LARGEST_SEED",
    "SECONDS_PER_HOUR",
    "N_QUOTES",
    "TOLERANCE",
    "EPOCH",
    "BASE",
    "PART_OCTETS",
    "BYTE",
    "WEEK",
    "N_DAYS",
    "MOST_OPEN_DAYS",
    "_JITTER_STEPS",
    "_MOST_DOUBLINGS",
    "FEWEST",
    "SUREST",
    "SAMPLE_PAIRS",
    "ROUGH_STEPS",
    "FIRST_STEP",
    "FIRST_STEP_WARM",
    "SHRINK",
    "GROW",
    "WHOLE_STEP_AT",
    "TIE_BITS",
    "COST_BITS",
    "TOP_BIT",
    "SECONDS",
    "COARSE",
    "SLACK",
    "WORST",
    "GAP",
    "CHAIN",
    "LARGEST_MODEL",
    "LARGEST_WORTH",
    "PARTS_OF_MU",
    "FIRST_FURTHER",
    "FURTHEST",
    "LARGEST_POWER",
    "N_BLOCKS",
    "N_SUMS",
    "OF_GAP",
    "MOST_PASSES",
    "SEATS_A_PASS",
    "MANY",
}
ISO_DATE = re.compile(r"\b(19|20)\d\d-\d\d-\d\d\b|(19|20)\d\d年")
PLACES = re.compile("柳江|柳州|广西|河口|红河|云南|钦州|婺源|江西|上饶|中山|珠海|深圳|Guangxi|Jiangxi|Hekou")


# Use cases carry technical figures by the hundred (bytes, digits, rows of a page); what a document or a county could
# have said there is a number of days, months, years, yuan, mu, an age or a share.
SPAN = re.compile(r"(^|_)(DAYS?|WEEKS?|MONTHS?|YEARS?|AGES?|YUAN|FEN|MU|SHARE|PERCENT)(_|$)")
# Calendars, how long results stay in memory, how far a list looks back, steps of a search that finds too few.
SPANS_OF_THE_PROGRAM = {
    "MONTH_DAYS",
    "DAYS_PER_WEEK",
    "DAYS_OF_A_MONTH",
    "_MONTHS",
    "_LAST_SAFE_DAY",
    "MOST_MONTHS",
    "DAYS_KEPT",
    "N_DAYS",
    "LATER_DAYS",
    "WAGE_STEP_YUAN",
}

# Seeds of demonstrations, tables of places, and words of adverts name places by trade.
NAMES_PLACES = ("demo", "geography", "language")


def sources() -> list[Path]:
    found = [path for room in ROOMS for path in _modules(MATCHER / room)]
    assert {path.relative_to(MATCHER).parts[0] for path in found} == set(ROOMS)
    return found


def _modules(room: Path) -> list[Path]:
    return sorted(room.rglob("*.py")) if room.is_dir() else [room]


def offences(source: str) -> list[str]:
    """Line and literal of everything a document could have said."""
    found = []
    packs = set(standard_packs().packs) - {"standard", "national"}
    tree = ast.parse(source)
    arithmetic = {id(inner) for node in tree.body if _is_arithmetic(node) for inner in ast.walk(node)}
    arithmetic |= {id(inner) for node in ast.walk(tree) if _ends_a_year(node) for inner in node.args}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or isinstance(node.value, bool) or id(node) in arithmetic:
            continue
        value = node.value
        if isinstance(value, (int, float)) and abs(value) not in ALLOWED and not _is_size(value):
            found.append(f"{node.lineno}: {value!r}")
        if isinstance(value, str) and (ISO_DATE.search(value) or PLACES.search(value) or value in packs):
            found.append(f"{node.lineno}: {value!r}")
    return found


def _is_arithmetic(node: ast.stmt) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id in ARITHMETIC for target in targets)


def _ends_a_year(node: ast.AST) -> bool:
    """`date(year, 12, 31)` is the calendar's."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "date"):
        return False
    return [getattr(one, "value", None) for one in node.args[1:]] == [12, 31]


def _is_size(value: float) -> bool:
    """Bit widths and byte sizes are no figures of a document."""
    return isinstance(value, int) and value > 1024 and value & (value - 1) == 0


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(MATCHER)))
def test_no_literal_of_a_document_in_the_code(path):
    assert offences(path.read_text(encoding="utf-8")) == []


def spans(source: str) -> list[str]:
    """Line and name of every length of time, sum, area, age or share that stands in the code of a use case."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {one.id for one in targets if isinstance(one, ast.Name)}
            if any(SPAN.search(one) for one in names - SPANS_OF_THE_PROGRAM) and _numbers(node.value):
                found.append(f"{node.lineno}: {sorted(names)}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "timedelta":
            said = [
                one for one in node.keywords if one.arg in ("days", "weeks") and isinstance(one.value, ast.Constant)
            ]
            found += [f"{node.lineno}: {one.arg}" for one in said if _numbers(one.value)]
    return found


def _numbers(value: ast.expr) -> list[float]:
    """Literals other than signs, halves and none."""
    literals = (one.value for one in ast.walk(value) if isinstance(one, ast.Constant))
    return [one for one in literals if type(one) in (int, float) and abs(one) not in (0, 0.5, 1)]


USE_CASES = [path for path in _modules(MATCHER / "services") if not path.name.startswith("demo_")]


@pytest.mark.parametrize("path", USE_CASES, ids=lambda path: str(path.relative_to(MATCHER)))
def test_no_span_or_sum_of_a_document_in_a_use_case(path):
    assert spans(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ["SOON_DAYS: Final = 60", "MIN_AGE = 45", "x = on + timedelta(days=30)", "FEE_YUAN = 300", "MOST_SHARE = 0.05"],
)
def test_the_guard_of_spans_bites(source):
    assert spans(source)


@pytest.mark.parametrize(
    "source", ["ONE_DAY = timedelta(days=1)", "DAYS_PER_WEEK = 7", "N_SHOWN = 50", "x = timedelta(days=said.days)"]
)
def test_the_guard_of_spans_lets_the_program_pass(source):
    assert spans(source) == []


def named(source: str) -> list[str]:
    """Every literal that names a document, a rule of one, or a place of one."""
    packs = standard_packs().packs.values()
    own = [pack for pack in packs if pack.id not in ("standard", "national")]
    names = {pack.id for pack in own} | {rule.id for pack in own for rule in pack.rules}
    texts = (node.value for node in ast.walk(_without_docstrings(source)) if isinstance(node, ast.Constant))
    return [text for text in texts if isinstance(text, str) and (text in names or PLACES.search(text))]


def _without_docstrings(source: str) -> ast.Module:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [
                line for line in body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
            ]
    return tree


def test_no_module_names_a_document_or_its_county():
    modules = [path for path in MATCHER.rglob("*.py") if path.relative_to(MATCHER).parts[0] not in NAMES_PLACES]
    assert len(modules) > len(sources())
    found = {text for path in modules for text in named(path.read_text(encoding="utf-8"))}
    assert found == set()


@pytest.mark.parametrize(
    "source", ["x = 'HK_GROUP'", "x = 'liujiang_2018'", "def f():\n    'Says.'\n    return '柳江区'"]
)
def test_the_guard_of_names_bites(source):
    assert named(source)


def test_a_docstring_may_name_what_it_likes():
    assert named('"""In 柳江."""\n\n\ndef f():\n    """Of 柳江."""\n') == []


@pytest.mark.parametrize(
    "source",
    [
        "x = 45",
        "x = 0.3",
        "x = '2018-02-08'",
        "x = '柳江区'",
        "x = 'liujiang_2018'",
        "x = 6000",
        "def f():\n    TOLERANCE = 45",
        "x = '在2021年'",
    ],
)
def test_the_guard_bites(source):
    assert offences(source)


@pytest.mark.parametrize("source", ["x = 0", "x = -1", "x = 12 * 1000", "x = 'birthday'", "x = True"])
def test_the_guard_lets_arithmetic_pass(source):
    assert offences(source) == []
