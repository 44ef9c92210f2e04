"""Judge policies in the market simulator: tables, gates, and one JSON line per policy and county-season.

python -m training_data.evaluate [--smoke] [--out DIR] [--work DIR] [--processes N] [--seed N] [--variant NAME]
                                 [--variants all|none|NAME,...] [--policies "NAME;..."] [--counties N] [--seasons N]
                                 [--variant-seasons N] [--earlier N] [--workers N] [--write DIR] [--readme DIR]

Everything printed is of a synthetic market (合成数据): it says which policy is better there, and nothing of a county.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from training_data.evaluation.gates import Judged, judged
from training_data.evaluation.programme import Programme, Workshop, every_variant
from training_data.evaluation.readme import paste
from training_data.evaluation.results import Results, write_results
from training_data.evaluation.running import run
from training_data.evaluation.tables import report
from training_data.evaluation.training import COMMAND
from training_data.market.entrants import ENTRANTS
from training_data.market.journal import write_season
from training_data.market.observe import observe
from training_data.market.policies import HAND, POLICIES, open_desk
from training_data.market.season import run_season
from training_data.market.spec import BASE, committed_hash, frozen_hash, variants
from training_data.market.truth import Truth
from training_data.market.world import draw_world

SMOKE = {"counties": 1, "seasons": 2, "workers": 240, "variant_seasons": 1, "earlier": 1, "tenths": 1}
SMOKE_VARIANTS = ("shortage",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a programme and print what it says; 2 if the numbers of the market are not those that were frozen."""
    asked = _parser().parse_args(arguments)
    if frozen_hash() != committed_hash():
        print("The market's numbers are not those that were frozen; see training_data/README.md.", file=sys.stderr)
        return 2
    if asked.readme is not None:
        paste(asked.readme)
        return 0
    programme = _programme(asked)
    with ExitStack() as stack:
        work = asked.work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="evaluate-")))
        workshop = Workshop(work, tuple(COMMAND))
        results = Results.of(run(programme, workshop, processes=asked.processes, tell=_tell))
    gates = judged(results)
    text = report(programme, results, gates)
    print(text, end="")
    if asked.out is not None:
        _write_out(asked.out, programme, results, gates, text)
    if asked.write is not None:
        _write_season(programme, asked.write)
    return 0


def _tell(said: str) -> None:
    print(said, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training_data.evaluate",
        description="Judge policies in a synthetic market.",
        epilog="Example: python -m training_data.evaluate --smoke --out build/evaluation",
    )
    parser.add_argument("--smoke", action="store_true", help="one tiny county, two seasons, one variant")
    parser.add_argument("--out", type=Path, metavar="DIR", help="runs.jsonl, gates.json and table.md go here")
    parser.add_argument("--readme", type=Path, metavar="DIR", help="paste the tables of a finished run into README")
    parser.add_argument("--work", type=Path, metavar="DIR", help="histories and models are kept here for the next run")
    parser.add_argument("--processes", type=_positive, default=1)
    parser.add_argument("--variant", default=BASE, choices=list(variants()), help="the main table in another market")
    parser.add_argument("--variants", type=_variants, help="all, none, or names with commas between")
    parser.add_argument("--policies", type=_policies, help="names with ; between; hand weights always run")
    parser.add_argument("--counties", type=int, choices=(1, 2, 3))
    parser.add_argument("--seasons", type=_positive)
    parser.add_argument("--variant-seasons", type=_positive)
    parser.add_argument("--earlier", type=_positive, help="earlier seasons to train on")
    parser.add_argument("--workers", type=_positive, help="people of a county; posts in proportion")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path, metavar="DIR", help="files of the first season under hand weights")
    return parser


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError
    return number


def _variants(text: str) -> tuple[str, ...]:
    names = {"all": every_variant(), "none": ()}.get(text, text.split(","))
    if wrong := [name for name in names if name not in every_variant()]:
        raise argparse.ArgumentTypeError(f"no variant {wrong[0]!r}; use all, none or some of {', '.join(variants())}")
    return tuple(names)


def _policies(text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(";")]
    if wrong := [name for name in names if name not in ENTRANTS]:
        raise argparse.ArgumentTypeError(f"no policy {wrong[0]!r}; use some of {'; '.join(ENTRANTS)}")
    return tuple(names)


def _programme(asked: argparse.Namespace) -> Programme:
    """The usual programme, made small for a smoke, with whatever was asked for in its place."""
    usual = Programme(variant=asked.variant, seed=asked.seed)
    told = {name: getattr(asked, name) for name in SMOKE if getattr(asked, name, None)}
    changes = {**(SMOKE if asked.smoke else {}), **told}
    chosen = SMOKE_VARIANTS if asked.smoke else tuple(every_variant())
    # One market by name is looked at alone unless others are asked for.
    changes["variants"] = chosen if asked.variant == BASE else ()
    if asked.variants is not None:
        changes["variants"] = asked.variants
    if asked.policies is not None:
        changes["names"] = asked.policies
    return msgspec.structs.replace(usual, **changes)


def _write_out(folder: Path, programme: Programme, results: Results, gates: Sequence[Judged], text: str) -> None:
    """Rows, gates and tables; the same bytes for the same programme and code."""
    folder.mkdir(parents=True, exist_ok=True)
    write_results(results.rows, folder / "runs.jsonl")
    (folder / "table.md").write_text(text, encoding="utf-8")
    told = {
        "synthetic": True,
        "numbers": frozen_hash(),
        "programme": msgspec.to_builtins(programme),
        "gates": [row.record() for row in gates],
    }
    (folder / "gates.json").write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n")


def _write_season(programme: Programme, folder: Path) -> None:
    world = draw_world(programme.spec(programme.variant), seed=programme.seed)
    season = run_season(world, Truth(world), observe(world), POLICIES[HAND](world))
    write_season(season, folder, policy_id="hand-weights", model_sha=open_desk(world).means.model.digest)


if __name__ == "__main__":
    raise SystemExit(main())
