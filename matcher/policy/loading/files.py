"""One TOML file of a pack from disk: decoded, or a Problem with line and remedy; no file stops the others."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from matcher.errors import Problem

# Ten times the largest file of a document; what is larger is something else under that name.
MOST_BYTES = 4194304
# The deepest condition of a document nests a tenth of it.
MOST_DEPTH = 64
# How a message of tomllib begins -> what is expected at that place.
SYNTAX_WORDS = {
    "Cannot overwrite": "每个键只写一次",
    "Duplicate inline table key": "每个键只写一次",
    "Cannot declare": "每张表只写一次",
    "Cannot redefine": "每张表只写一次",
    "Cannot mutate": "每张表只在一处写全",
    "Expected '='": "键的后面是等号",
    "Expected ']": "表名以 ] 结尾",
    'Expected "': "文字以同样的引号结尾",
    "Expected newline": "一行只写一项",
    "Invalid initial character": "键以字母、数字、_ 或 - 开头",
    "Invalid statement": "键 = 值，或者 [表名]",
    "Invalid value": "等号后面是一个完整的值，文字要加引号",
    "Invalid date": "日历上有的日期",
    "Illegal character": "没有控制字符的文字，一行内结束",
    "Found invalid character": "没有控制字符的文字",
    "Unclosed array": "数组以 ] 结尾，各项之间用逗号",
    "Unclosed inline table": "大括号以 } 结尾，各项之间用逗号",
    "Unescaped": "反斜杠写成两个",
    "Unterminated string": "文字以引号结尾",
}
BOM = "\ufeff"
BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One TOML file: its name as shown in problems, and its text, scanned for lines only when there is a problem."""

    file: str
    text: str = ""


def read_table(folder: Traversable, name: str, problems: list[Problem]) -> tuple[dict[str, Any] | None, Source]:
    """Decoded table (None if it cannot be read) and source of one file; whatever is wrong with it becomes a problem.

    A byte order mark and line ends of Windows are as good as none.
    """
    shown = f"{folder.name}/{name}"
    text = _text(folder, name, shown, problems)
    if text is None:
        return None, Source(file=shown)
    source = Source(file=shown, text=text)
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        problems.append(_syntax_problem(error, shown, text))
        return None, source
    except RecursionError:
        table = None
    if table is None or _deeper_than(table, MOST_DEPTH):
        problems.append(_too_deep(shown, text))
        return None, source
    return table, source


def _text(folder: Traversable, name: str, shown: str, problems: list[Problem]) -> str | None:
    """The text of a file, None with a problem where there is none."""
    try:
        with folder.joinpath(name).open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        fix = f"请补上文件 {name}。"
        problems.append(Problem(file=shown, found="没有这个文件", expected=name, fix=fix))
        return None
    except OSError as error:
        fix = f"请把 {name} 换成一个可以打开的普通文本文件（不是文件夹，也不是指向自己的链接）。"
        problems.append(Problem(file=shown, found=error.strerror or str(error), expected="普通文件", fix=fix))
        return None
    if len(body) > MOST_BYTES:
        fix = "这个文件太大，不像是政策数据；请检查是否放错了文件。"
        expected = f"不超过 {MOST_BYTES} 字节"
        problems.append(Problem(file=shown, found=f"超过 {MOST_BYTES} 字节", expected=expected, fix=fix))
        return None
    try:
        return body.decode("utf-8").removeprefix(BOM)
    except UnicodeDecodeError as error:
        problems.append(_encoding_problem(error, shown, body))
        return None


def _encoding_problem(error: UnicodeDecodeError, shown: str, body: bytes) -> Problem:
    """Where the first byte stands that is no UTF-8; files of Excel and Notepad are often GBK or UTF-16."""
    row = body.count(b"\n", 0, error.start) + 1
    guess = BOMS.get(body[:2], "GBK")
    fix = f"文件不是 UTF-8 编码（可能是 {guess}）：请用记事本打开，另存为 UTF-8。"
    return Problem(file=shown, row=row, found=body[error.start : error.start + 1].hex(), expected="UTF-8", fix=fix)


def _syntax_problem(error: tomllib.TOMLDecodeError, file: str, text: str) -> Problem:
    """A syntax error or duplicate key with its line (tomllib says it in its message)."""
    message = str(error)
    at = re.search(r"at line (\d+)", message)
    row = int(at.group(1)) if at else len(text.splitlines())
    double = message.startswith(("Cannot", "Duplicate"))
    lines = text.splitlines()
    found = lines[row - 1].strip() if 0 < row <= len(lines) else ""
    fix = "同一个键写了两次，请只保留一个。" if double else "请检查这一行的 TOML 写法（引号、括号、日期）。"
    return Problem(file=file, row=row, found=found[:80], expected=_syntax_words(message), fix=fix)


def _syntax_words(message: str) -> str:
    """What TOML expects there, with the column; the reader's own words where these are not known."""
    said = next((words for start, words in SYNTAX_WORDS.items() if message.startswith(start)), "")
    at = re.search(r"column (\d+)", message)
    return said + (f"（第 {at.group(1)} 个字符处）" if at else "") if said else message


def _too_deep(file: str, text: str) -> Problem:
    """At the line with the most open brackets."""
    rows = enumerate(text.splitlines(), start=1)
    row, line = max(rows, key=lambda row: row[1].count("[") + row[1].count("{"))
    fix = f"括号嵌套超过 {MOST_DEPTH} 层；请把这个条件拆成几个步骤。"
    return Problem(file=file, row=row, found=line.strip()[:80], expected=f"至多 {MOST_DEPTH} 层", fix=fix)


def _deeper_than(table: Any, depth: int) -> bool:
    """Whether tables and arrays stand inside each other more than `depth` times."""
    level = [table]
    for _ in range(depth):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    values = value.values() if isinstance(value, dict) else value
    return [inner for inner in values if isinstance(inner, (dict, list))]
