"""Packs from folders of TOML: read, made strict, checked; every error at once with file, line and remedy."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from matcher.errors import PackError, Problem, Severity
from matcher.policy.checks.salvage import salvage, within_reach
from matcher.policy.checks.validation import pack_faults, set_faults
from matcher.policy.loading.files import Source, read_table
from matcher.policy.loading.strict import Fault, build, convert, field_type
from matcher.policy.loading.toml_lines import Path, line_of, scan
from matcher.policy.rule_types import Parameter, ParameterKind
from matcher.policy.types import Pack, PackSet, Vocabulary

# File of a pack -> keys it may hold at its top level.
FILES: dict[str, tuple[str, ...]] = {
    "pack.toml": ("id", "name", "document", "regions", "general_service"),
    "parameters.toml": ("parameter", "figure"),
    "rules.toml": ("rule", "service", "quota", "publication", "protection"),
    "benefits.toml": ("benefit",),
    "cases.toml": ("case",),
}
# Files a pack may do without.
OPTIONAL = frozenset({"benefits.toml"})
FIELD_OF_TABLE = {
    "parameter": "parameters",
    "figure": "figures",
    "rule": "rules",
    "benefit": "benefits",
    "service": "services",
    "quota": "quotas",
    "protection": "protections",
    "case": "cases",
}
VOCABULARY_FILE = "vocabulary.toml"


@cache
def standard_packs() -> PackSet:
    """The packs that come with the program, loaded once."""
    return load_packs(resources.files("matcher.packs"))


def load_packs(*folders: Traversable, vocabulary: Vocabulary | None = None) -> PackSet:
    """All packs below some folders.

    The vocabulary is read from the first folder unless given. Raises PackError with the problems of every pack.
    """
    problems: list[Problem] = []
    if vocabulary is None:
        vocabulary = _load_vocabulary(folders[0], problems)
        if problems:
            # Without its words every pack would be called wrong as well.
            raise _pack_error(problems)
    return _load(PackSet(packs={}, vocabulary=vocabulary), folders, problems)


def add_packs(packs: PackSet, folder: Traversable) -> PackSet:
    """The same set with the packs below a folder added. Raises PackError with the problems of each of them."""
    found = _load(packs, (folder,), [])
    return msgspec.structs.replace(found, added=packs.added | (found.packs.keys() - packs.packs.keys()))


def _load(beside: PackSet, folders: Iterable[Traversable], problems: list[Problem]) -> PackSet:
    packs, sources = dict(beside.packs), dict[str, dict[str, Source]]()
    for folder in folders:
        for child in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if not _is_pack(child, problems):
                continue
            pack, of_pack = _collect(child, beside.vocabulary, problems)
            if pack is not None and pack.id in packs:
                problems.append(problem_at(_taken(pack.id), of_pack["pack.toml"]))
            elif pack is not None:
                packs[pack.id], sources[pack.id] = pack, of_pack
    for pack_id, fault in set_faults(packs.values()):
        of_pack = sources.get(pack_id, {})
        problems.append(problem_at(fault, of_pack.get(str(fault.path[0]), Source(file=f"{pack_id}/pack.toml"))))
    if problems:
        raise _pack_error(problems)
    return PackSet(packs=dict(sorted(packs.items())), vocabulary=beside.vocabulary)


def _is_pack(entry: Traversable, problems: list[Problem]) -> bool:
    """Whether an entry of a folder of packs is one; what looks like one and cannot be read is a problem."""
    if entry.name.startswith((".", "__")) or entry.is_file():
        return False
    if not entry.is_dir():
        fix = "链接指向自己或不存在的地方，请换成真正的文件夹。"
        problems.append(Problem(file=entry.name, found="打不开", expected="文件夹", fix=fix))
        return False
    return True


def load_pack(folder: Traversable, vocabulary: Vocabulary) -> Pack:
    """One pack. Raises PackError with every problem of its four files."""
    problems: list[Problem] = []
    pack, _ = _collect(folder, vocabulary, problems)
    if pack is None:
        raise _pack_error(problems)
    return pack


def make_pack(table: dict[str, Any], faults: list[Fault]) -> Pack | None:
    """A pack from decoded tables: strict types, then document dates given to rows without dates of their own."""
    pack = build(Pack, table, (), faults)
    if pack is None:
        return None
    own = pack.document
    if own.from_ is not None and own.to is not None and own.from_ > own.to:
        # A slip of the document is one fault, not one of every row as well.
        own = msgspec.structs.replace(own, from_=None, to=None)
    parameters = tuple(
        msgspec.structs.replace(
            row, value=_value(row), from_=row.from_ or own.from_, to=row.to if row.to is not None else own.to
        )
        for row in pack.parameters
    )
    return msgspec.structs.replace(pack, parameters=parameters)


def _collect(
    folder: Traversable, vocabulary: Vocabulary, problems: list[Problem]
) -> tuple[Pack | None, dict[str, Source]]:
    """Read, convert and check one folder; append its problems; None if there is any error. And its sources."""
    before = len(problems)
    table, sources = _tables(folder, problems)
    faults: list[Fault] = []
    pack: Pack | None = None
    if any(name not in sources for name in FILES if name not in OPTIONAL or folder.joinpath(name).is_file()):
        # A file that cannot be read: what is missing because of it is no error of its own.
        for field, value in table.items():
            convert(field_type(Pack, field), value, (field,), faults)
    else:
        pack = make_pack(table, faults)
        checked, broken = (pack, frozenset[Path]()) if pack is not None else salvage(table)
        faults += [fault for fault in pack_faults(checked, vocabulary) if within_reach(fault, broken)]
        if checked.id != folder.name:
            faults.append(_wrong_id(checked.id, folder.name))
    default = Source(file=f"{folder.name}/pack.toml")
    problems += [problem_at(fault, sources.get(str(next(iter(fault.path), "")), default)) for fault in faults]
    return (pack if len(problems) == before else None), sources


def _tables(folder: Traversable, problems: list[Problem]) -> tuple[dict[str, Any], dict[str, Source]]:
    """Field of `Pack` -> decoded value; and field, and name of every file that could be read -> its source.

    Unreadable files, stray files and stray keys are appended to the problems.
    """
    table: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    present = {entry.name for entry in folder.iterdir()}
    for name, allowed in FILES.items():
        if name in OPTIONAL and name not in present:
            continue
        part, source = read_table(folder, name, problems)
        if part is None:
            continue
        sources[name] = source
        problems += [problem_at(_stray_key(key, allowed), source) for key in part if key not in allowed]
        for key in part.keys() & set(allowed):
            table[FIELD_OF_TABLE.get(key, key)] = part[key]
            sources[FIELD_OF_TABLE.get(key, key)] = source
    problems += [_unknown_file(folder, entry.name) for entry in folder.iterdir() if _is_stray(entry)]
    table["cases"] = msgspec.to_builtins(table.get("cases", []))
    return table, sources


def _load_vocabulary(folder: Traversable, problems: list[Problem]) -> Vocabulary:
    faults: list[Fault] = []
    table, source = read_table(folder, VOCABULARY_FILE, problems)
    # What is missing because the file cannot be read is no error of its own.
    vocabulary = None if table is None else build(Vocabulary, table, (), faults)
    problems += [problem_at(fault, source) for fault in faults]
    return vocabulary or Vocabulary(facts={}, flags={})


def _value(row: Parameter) -> Any:
    """A parameter value in its one form: decimals for ratios and fractions, tuples for lists."""
    if isinstance(row.value, list):
        return tuple(row.value)
    if row.kind is ParameterKind.RATIO and isinstance(row.value, int) and not isinstance(row.value, bool):
        return Decimal(row.value)
    return row.value


def _is_stray(entry: Traversable) -> bool:
    return entry.name.endswith(".toml") and entry.name not in FILES


def _unknown_file(folder: Traversable, name: str) -> Problem:
    fix = "请改正文件名或移走这个文件。"
    return Problem(file=f"{folder.name}/{name}", found=name, expected="、".join(FILES), fix=fix)


def _stray_key(key: str, allowed: Iterable[str]) -> Fault:
    return Fault(
        path=(key,), found=key, expected="、".join(allowed), fix=f"这个文件里不能有 {key}，请改正拼写或移到别的文件。"
    )


def _wrong_id(pack_id: str, folder: str) -> Fault:
    return Fault(path=("id",), found=pack_id, expected=folder, fix=f"id 须与文件夹同名，请改为 {folder}。")


def _taken(pack_id: str) -> Fault:
    fix = "这个编号已有政策包使用，请给文件夹和 id 换一个名字。"
    return Fault(path=("id",), found=pack_id, expected="没有用过的编号", fix=fix)


def problem_at(fault: Fault, source: Source) -> Problem:
    """A fault as a problem of its file, with the line it stands on."""
    path = tuple(_TABLE_OF_FIELD.get(part, part) if at == 0 else part for at, part in enumerate(fault.path))
    return Problem(
        file=source.file,
        row=line_of(scan(source.text), path) if source.text else 0,
        column=".".join(str(part) for part in path),
        found=fault.found,
        expected=fault.expected,
        fix=fault.fix,
        severity=Severity.WARNING if fault.warning else Severity.ERROR,
    )


def _pack_error(problems: list[Problem]) -> PackError:
    listed = "\n".join(f"  {p.file}:{p.row} {p.column}: {p.found} ({p.expected}) {p.fix}" for p in problems)
    return PackError(
        f"{len(problems)} problems in the policy packs:\n{listed}\n",
        tuple(problems),
        remedy="Mend the lines named above; `matcher policy check` lists them again.",
    )


_TABLE_OF_FIELD: dict[str | int, str] = {field: table for table, field in FIELD_OF_TABLE.items()}
