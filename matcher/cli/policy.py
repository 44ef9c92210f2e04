"""`matcher policy`: packs as pages, checks, rule evaluation."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from matcher.bootstrap import Application
from matcher.cli.benefits import benefits_command, claim_command
from matcher.cli.figures import COMMANDS as FIGURE_COMMANDS
from matcher.cli.options import application_options, format_option, on_option, today_if_none
from matcher.cli.output import note, tell_error, write_bytes, write_json, write_rows
from matcher.errors import MatcherError, NotFound, PackError, Problem, Severity
from matcher.policy import (
    Coverage,
    Lint,
    Pack,
    answer_lines,
    benefit_coverage,
    check,
    coverage,
    describe,
    digest,
    from_settings,
    lint,
    load_judged,
    standard_judged,
    state,
)
from matcher.policy.diff import diff
from matcher.policy.figures.in_force import NO_COUNTY, FiguresOn
from matcher.policy.loading.installed import PACKS_FOLDER
from matcher.policy.pages.diff import diff_page, diff_rows
from matcher.policy.subjects import standard_subjects
from matcher.services.documents.county_figures import kept_figures
from matcher.services.documents.deadline_clock import counts_by_place, deadline_rows
from matcher.services.documents.decision_case import DecisionCase, decision_case


@click.group("policy")
def policy_group() -> None:
    """Government documents as dated, cited data.

    Example: matcher policy show liujiang_2018
    """


def _pack(app: Application, pack_id: str) -> Pack:
    packs = app.packs.packs
    if pack_id not in packs:
        raise NotFound(f"no pack {pack_id!r}", where="policy", remedy=f"Use one of: {', '.join(packs)}.")
    return packs[pack_id]


@policy_group.command("list")
@on_option
@format_option
@application_options
def list_command(app: Application, *, on: date | None, output_format: str) -> None:
    """Packs with their document, regions and state on a day.

    Example: matcher policy list --on 2018-06-01 --format table
    """
    day = today_if_none(on, app.settings)
    write_rows(
        [
            {
                "id": pack.id,
                "name": pack.name,
                "document": pack.cited,
                "regions": list(pack.regions),
                "state": state(pack, day).value,
                "rules": len(pack.rules),
                "parameters": len(pack.parameters),
                "digest": digest(pack)[:12],
            }
            for pack in app.packs.packs.values()
        ],
        output_format,
    )


@policy_group.command("show")
@click.argument("pack_id")
@application_options
def show_command(app: Application, *, pack_id: str) -> None:
    """A pack as a readable Chinese page, each number with clause and dates.

    Example: matcher policy show liujiang_2018
    """
    click.echo(describe(_pack(app, pack_id), app.packs.vocabulary))


@policy_group.command("diff")
@click.argument("left_id", metavar="A")
@click.argument("right_id", metavar="B")
@on_option
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "jsonl", "csv", "table"]),
    default="text",
    show_default=True,
    help="A Chinese page, the whole as json, or its rows.",
)
@application_options
def diff_command(app: Application, *, left_id: str, right_id: str, on: date | None, output_format: str) -> None:
    """What two documents pay and ask differently, subject by subject, as they stand on a day.

    Example: matcher policy diff liujiang_2018 qinzhou_2021 --on 2022-03-01
    """
    left, right, day = _pack(app, left_id), _pack(app, right_id), today_if_none(on, app.settings)
    found = diff(left, right, day, app.packs.vocabulary, standard_subjects())
    if output_format == "text":
        write_bytes(diff_page(found).encode())
    elif output_format == "json":
        write_json(found)
    else:
        write_rows(diff_rows(found), output_format)


@policy_group.command("deadlines")
@on_option
@click.option("--county", is_flag=True, help="Count who and what is registered under each document in this home.")
@format_option
@application_options
def deadlines_command(app: Application, *, on: date | None, county: bool, output_format: str) -> None:
    """What ends when: documents, figures, tasks, reports; days left, what happens then, rules and benefits under it.

    Example: matcher policy deadlines --on 2025-12-01 --format table
    """
    day = today_if_none(on, app.settings)
    counts = counts_by_place(app.store, app.means, day) if county else None
    rows = deadline_rows(app.packs, day, counts=counts)
    write_rows([_deadline(row) for row in rows] if output_format == "table" else rows, output_format)


def _deadline(row: dict[str, Any]) -> dict[str, Any]:
    """A row short enough for a terminal; everything is in the other forms."""
    shown = ("last_day", "days_left", "kind", "pack_id", "title", "clause", "now", "n_rules", "n_benefits", "affects")
    return {name: row[name] for name in shown}


@policy_group.command("case")
@click.argument("decision_id")
@click.option("--worker", "worker_id", default="", help="Whose: default everybody the decision lists.")
@click.option(
    "--rule", "rule_id", default="", help="X_PRIORITY, or the route's rule; default: the route, else the order."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to add it to; default: stdout.")
@application_options
def case_command(app: Application, *, decision_id: str, worker_id: str, rule_id: str, out: Path | None) -> None:
    """A logged decision as a [[case]] for cases.toml: the facts it stood on, without names, ids or days of birth.

    Example: matcher policy case d-3dac94660891be12269d213ef21951a0 --out case.toml
    """
    call = DecisionCase(decision_id=decision_id, worker_id=worker_id, rule_id=rule_id)
    stanza = decision_case(app.store, app.means, call)
    if out is None:
        write_bytes(stanza.encode())
        return
    before = out.read_text(encoding="utf-8").rstrip("\n") + "\n\n" if out.exists() else ""
    out.write_text(before + stanza, encoding="utf-8")
    note(f"one case added to {out}; `matcher policy check` runs it once it stands in a pack's cases.toml")


@policy_group.command("check")
@click.option("--verbose", is_flag=True, help="Name every unused figure, and what was judged with its reason.")
@click.option("--coverage", "only_coverage", is_flag=True, help="Print coverage per rule on stdout, not the findings.")
@format_option
@application_options
def check_command(app: Application, *, verbose: bool, only_coverage: bool, output_format: str) -> None:
    """Validate and lint all packs, run their cases, print coverage; exit 1 on an error, never on a warning.

    Findings go to stdout, coverage per rule and benefit (cases that answer yes, no, unknown) and totals to stderr.

    Example: matcher policy check
    """
    try:
        packs, judged = app.packs, (*standard_judged(), *load_judged(app.settings.home / PACKS_FOLDER))
    except PackError as error:
        write_rows([_finding(problem) for problem in error.problems], output_format)
        note(f"the packs do not load: {len(error.problems)} errors")
        raise click.exceptions.Exit(error.exit_code) from None
    problems = check(packs, from_settings(app.settings), verbose=verbose, judged=judged)
    rows = [_finding(problem) for problem in problems]
    if verbose:
        rows += [_judged(finding, reason.reason) for finding, reason in lint(packs, judged)[1]]
    covered, of_benefits = coverage(packs), benefit_coverage(packs)
    counts = [
        {"rule": name, "yes": row.yes, "no": row.no, "unknown": row.unknown}
        for name, row in (*covered.items(), *of_benefits.items())
    ]
    write_rows(counts if only_coverage else rows, output_format)
    if not only_coverage:
        for row in counts:
            note("{rule:<24} yes {yes:>2}  no {no:>2}  unknown {unknown:>2}".format_map(row))
    n_errors = sum(problem.severity is Severity.ERROR for problem in problems)
    note(_totals("rules", list(covered.values())))
    note(_totals("benefits", list(of_benefits.values())) + f"; {n_errors} errors, {len(problems) - n_errors} warnings")
    if n_errors:
        raise click.exceptions.Exit(1)


def _totals(what: str, covered: list[Coverage]) -> str:
    n_cases, n_bare = sum(row.n_cases for row in covered), sum(not row.n_cases for row in covered)
    sides = ", ".join(f"{sum(getattr(row, side) for row in covered)} {side}" for side in ("yes", "no", "unknown"))
    return f"{len(covered)} {what}, {n_cases} cases ({sides}), {n_bare} {what} without a case"


def _judged(finding: Lint, reason: str) -> dict[str, str]:
    """A row of what somebody looked at and let stand."""
    return {"severity": "judged", "pack": finding.pack_id, "what": f"{finding.kind} {finding.about}", "fix": reason}


def _finding(problem: Problem) -> dict[str, str]:
    """A row people read: how bad, which pack, what was found, how to mend it."""
    pack, _, file = problem.file.partition("/")
    error = problem.severity is Severity.ERROR
    at = f"{file}:{problem.row}" if problem.row else file
    what = "：".join(part for part in (at, problem.column, problem.found) if part) if error else problem.found
    expected = f"（应为 {problem.expected}）" if error and problem.expected else ""
    return {"severity": problem.severity.value, "pack": pack, "what": what + expected, "fix": problem.fix}


@policy_group.command("evaluate")
@click.option(
    "--batch",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help='JSON lines {"rule_id": ..., "inputs": {...}}.',
)
@click.option("--figures", is_flag=True, help="Use the county's own figures of this home, and name them in answers.")
@on_option
@application_options
def evaluate_command(app: Application, *, batch: Path, figures: bool, on: date | None) -> None:
    """Evaluate rules on facts: a line in, a line out, same order.

    With --figures what a document masks or leaves open is taken of the county, as of --on where the facts name no day.
    A line that cannot be answered gives {"error": ...}; exit 1 if a line is at fault, 2 if its rule is still to come.

    Example: matcher policy evaluate --batch calls.jsonl
    """
    code = 0
    day = today_if_none(on, app.settings)
    county = FiguresOn(figures=kept_figures(app.store), on=day) if figures else NO_COUNTY
    conventions = from_settings(app.settings)
    for answer in answer_lines(_lines(batch), packs=app.packs, conventions=conventions, county=county):
        if isinstance(answer, MatcherError):
            code = max(code, answer.exit_code)
            tell_error(answer)
            write_json({"error": answer.what})
        else:
            write_json(answer)
    if code:
        raise click.exceptions.Exit(code)


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as lines:
        yield next(lines, b"").removeprefix(BOM_UTF8)
        yield from lines


for command in (benefits_command, claim_command, *FIGURE_COMMANDS):
    policy_group.add_command(command)

COMMANDS = (policy_group,)
