"""The click tree walked, and commands as pages write them held against it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click

from matcher.cli import root

MORE = "…"
"""Where a page leaves arguments out, it says so."""
_FENCED = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
_IN_A_LINE = re.compile(r"(?:^|\$\(|\bxargs |\$ )(matcher [^|)#]*)")
_QUOTED = re.compile(r"`(matcher\s[^`]+)`")


def commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command and group below `matcher`, with its words."""
    yield from _below((), root)


def _below(words: tuple[str, ...], group: click.Group) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*words, name), command
        if isinstance(command, click.Group):
            yield from _below((*words, name), command)


def written(page: str) -> list[str]:
    """Commands of a page in Markdown: of its blocks, and quoted in its sentences."""
    lines = [line for block in _FENCED.findall(page) for line in block.replace("\\\n", " ").splitlines()]
    blocks = [found.strip() for line in lines for found in _IN_A_LINE.findall(line)]
    return blocks + [" ".join(found.split()) for found in _QUOTED.findall(_FENCED.sub("", page))]


def fault(text: str) -> str:
    """Why a command would be refused as it is written, "" where it would not.

    A bare name is a name; one with any argument must be whole, or say by `…` that something is left out. What stands
    in brackets may be left out; values in capitals are placeholders.
    """
    words = shlex.split(re.sub(rf"[\[\]{MORE}]", " ", text))[1:]
    command, context = _named(words)
    if isinstance(command, str):
        return command
    if not words or "--help" in words:
        return ""
    try:
        given, left, _ = command.make_parser(context).parse_args(words)
    except click.UsageError as refused:
        return refused.format_message()
    wrong = [f"{left} left over"] if left and not context.allow_extra_args else []
    for param in command.params:
        value = given.get(param.name)
        if param.required and MORE not in text and (value is None or param.value_is_missing(value)):
            wrong.append(f"{param.opts[-1]} is missing")
        if isinstance(param.type, click.Choice) and isinstance(value, str) and not value.isupper():
            wrong += [] if value in param.type.choices else [f"{value} is no {param.opts[-1]}"]
    return "; ".join(wrong)


def _named(words: list[str]) -> tuple[click.Command | str, click.Context]:
    """The command that words begin with, which are taken off them; a group with a subcommand of no name is a fault."""
    command: click.Command = root
    context = click.Context(root)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        found = command.get_command(context, name)
        if found is None:
            return f"no command {name}", context
        command, context = found, found.context_class(found, parent=context, **found.context_settings)
    return command, context
