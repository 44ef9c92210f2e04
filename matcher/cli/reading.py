"""`matcher parse` and `matcher occupation`: how the program reads strings and job titles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from matcher.cli.output import write_json

batch_option = click.option(
    "--batch",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="Text file, UTF-8, one string a line.",
)


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a file without their ends or a byte order mark: empty ones too; an empty file has none.

    UTF-8, else GB 18030, as office files are (PARTS section 5).
    """
    body = path.read_bytes()
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("gb18030", errors="replace")
    if text:
        yield from (line.removesuffix("\r") for line in text.removesuffix("\n").split("\n"))


@click.command("parse")
@click.argument("kind", type=click.Choice(["wage", "place", "headcount", "age"]))
@batch_option
def parse_command(kind: str, batch: Path) -> None:
    """Read strings as wages, places, head counts or ages; one JSON object a line.

    Example: matcher parse wage --batch wages.txt
    """
    from matcher.intake.parse import parse_line

    for line in lines_of(batch):
        write_json(parse_line(kind, line))


@click.command("occupation")
@batch_option
@click.option("--top", type=click.IntRange(1, 50), default=3, show_default=True, help="Codes a title.")
@click.option("--likest", is_flag=True, help="Also the known word each title is likest to by its characters, 0-100.")
def occupation_command(batch: Path, top: int, likest: bool) -> None:
    """Read job titles as codes of the 2022 occupation classification; one JSON object a line.

    Example: matcher occupation --batch titles.txt --top 3
    """
    from matcher.language.occupations import describe_batch

    titles = list(lines_of(batch))
    likeness = likest_words(titles) if likest else [{} for _ in titles]
    for told, like in zip(describe_batch(titles, top), likeness, strict=True):
        write_json({**told, **like})


def likest_words(titles: Sequence[str]) -> list[dict[str, Any]]:
    """`likest` and `likeness` of each title: a help to whoever adds the words that are not known yet."""
    from matcher.language.classification import classification, normalise
    from matcher.language.nearest import NameIndex

    words = sorted(classification().aliases)
    found = NameIndex(words).nearest([normalise(title) for title in titles])
    pairs = zip(found.name.tolist(), found.ratio.tolist(), strict=True)
    return [{"likest": words[name] if name >= 0 else None, "likeness": round(ratio, 1)} for name, ratio in pairs]


COMMANDS = (parse_command, occupation_command)
