"""The tables of a finished run in README and the page of the data, between two marks: pasted by a command, so that no
figure is typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from training_data.evaluation.gates import Judged, judged
from training_data.evaluation.plots import draw
from training_data.evaluation.programme import Programme
from training_data.evaluation.results import Results, read_results
from training_data.evaluation.tables import calibration_table, gate_table, heading, markdown, price_table, shown
from training_data.market.entrants import FULL, LOGGED
from training_data.market.policies import HAND

BEGIN, END = "<!-- evaluation: python -m training_data.evaluate --readme DIR -->", "<!-- /evaluation -->"
README = Path(__file__).parents[2] / "README.md"
DETAILS = Path(__file__).parents[1] / "README.md"
PLOTS = "training_data/evaluation/figures"
SAYS = {
    "kept": "Synthetic market: bars of kept jobs by policy, numbers as in the table above",
    "variants": "Synthetic markets: kept jobs over hand weights in each variant",
}
COLUMNS: Sequence[tuple[str, str, str]] = (
    ("kept", "kept", "{:.0f}"),
    ("households", "households", "{:.1%}"),
    ("priority_households", "priority households", "{:.1%}"),
    ("income", "income a head", "{:.0f}"),
    ("wasted", "wasted", "{:.2f}"),
    ("share_of_oracle", "of oracle", "{:.3f}"),
    ("effect_few", "at 10 %", "{:+.1%}"),
    ("effect_all", "at 100 %", "{:+.1%}"),
)


class _Told(msgspec.Struct):
    """Of gates.json what the heading needs."""

    programme: Programme


def finished(folder: Path) -> tuple[Programme, Results]:
    """The programme and rows that a run wrote with `--out`."""
    told = msgspec.json.decode((folder / "gates.json").read_bytes(), type=_Told)
    return told.programme, read_results(folder / "runs.jsonl")


def excerpt(programme: Programme, results: Results) -> str:
    """Policies and gates, as README shows them."""
    gates = judged(results)
    return "\n\n".join([heading(programme, results), _policies(results), _sentence(gates), gate_table(gates)])


def details(programme: Programme, results: Results) -> str:
    """Prices of the settings and calibration, as the page of the data shows them."""
    parts = [heading(programme, results)]
    if prices := price_table(results):
        parts += ["Each explicit setting alone, beside learned + priced:", prices]
    if calibrated := calibration_table(results, LOGGED, FULL):
        parts += ["Calibration by stage and group, all county-seasons together:", calibrated]
    return "\n\n".join(parts)


def pasted(text: str, told: str) -> str:
    """The text with what stands between the marks replaced. Raises ValueError where they are not there once each."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"the text has no place for the tables: it needs {BEGIN} and {END}, once each")
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{told}\n{END}{rest.split(END)[1]}"


def paste(folder: Path, readme: Path = README, page: Path = DETAILS) -> None:
    """Put the tables and pictures of a finished run into README, the finer ones into the page of the data."""
    programme, results = finished(folder)
    drawn = draw(results, readme.parent / PLOTS)
    pictures = "\n".join(f"![{SAYS[path.stem]}]({PLOTS}/{path.name})" for path in drawn)
    told = "\n\n".join([excerpt(programme, results), pictures])
    for path, tables in ((readme, told), (page, details(programme, results))):
        path.write_text(pasted(path.read_text(encoding="utf-8"), tables), encoding="utf-8")


def _sentence(gates: Sequence[Judged]) -> str:
    count = {verdict: sum(row.verdict == verdict for row in gates) for verdict in ("pass", "FAIL", "not measured")}
    return f"Gates: {count['pass']} reached, {count['FAIL']} missed, {count['not measured']} not measured."


def _policies(results: Results) -> str:
    rows = []
    for policy in results.policies():
        gain = results.ratio(policy, HAND)
        against = f"{gain.value - 1:+.1%}" if policy != HAND and gain.measured else ""
        rows.append([policy, *(shown(results.mean(policy, metric), form) for metric, _, form in COLUMNS), against])
    return markdown(["policy", *(name for _, name, _ in COLUMNS), "kept, over hand weights"], rows)
