"""Text files as rows: which encoding (BOM, then strict utf-8, then gb18030), which delimiter, which JSON object."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from matcher.errors import InvalidInput
from matcher.intake.files import Bytes, open_source, refuse

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCODINGS = ("utf-8", "gb18030")
_DELIMITERS = (",", "\t", ";", "，", "|")
_CHUNK = 1 << 20
LARGE_BYTES = 4 << 20
"""A text from this size on is read at once and judged by the compiled loops, where they are installed."""
_FIELD_LIMIT = 1 << 20
_SAMPLE_LINES = 10
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


class TextShape(msgspec.Struct, frozen=True):
    """How a text file is to be read; `n_lines` estimates its rows, `n_columns` is that of its widest first rows."""

    encoding: str
    delimiter: str
    objects: bool
    n_lines: int
    n_columns: int


def guarded(text: str) -> str:
    """A text that a spreadsheet would take for a formula, marked with an apostrophe; `unguarded` takes it off again."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text behind an apostrophe that `guarded` put before it; any other text as it is."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


class BrokenLine(str):
    """A line that should hold a JSON object and does not."""

    __slots__ = ()


def examine(stream: BinaryIO, file: str, *, body: Bytes | None = None) -> TextShape:
    """Encoding, delimiter and size of a text file, `body` where it has been read already.

    Raises InvalidInput if it is neither utf-8, utf-16 nor gb18030.
    """
    start = stream.read(4)
    bom = next((encoding for mark, encoding in _BOMS if start.startswith(mark)), None)
    n_lines = 0
    for encoding in (bom,) if bom else _ENCODINGS:
        stream.seek(0)
        try:
            is_held = body is not None and encoding.startswith("utf-8")
            n_lines = _count_large(body or b"", encoding) if is_held else _count_lines(stream, encoding)
        except UnicodeDecodeError:
            continue
        stream.seek(0)
        return _shape(stream, encoding, n_lines, file)
    raise refuse(
        file,
        "文字编码认不出来，内容会成乱码",
        "utf-8 或 GB18030 编码的 csv，或 xlsx",
        "请用 WPS 或 Excel 打开，另存为 xlsx 后再导入。",
    )


def _count_lines(stream: BinaryIO, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    n_lines = 0
    while chunk := stream.read(_CHUNK):
        n_lines += decoder.decode(chunk).count("\n")
    decoder.decode(b"", final=True)
    return n_lines + 1


def _count_large(body: Bytes, encoding: str) -> int:
    """As the decoder counts; the compiled loops judge UTF-8 in a third of its time."""
    from matcher.intake.bulk.pieces import utf8_lines

    n_lines = utf8_lines(body)
    if n_lines is None:
        raise UnicodeDecodeError(encoding, b"", 0, 1, "not UTF-8")
    return n_lines + 1


def _shape(stream: BinaryIO, encoding: str, n_lines: int, file: str) -> TextShape:
    csv.field_size_limit(_FIELD_LIMIT)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    sample = [line for line, _ in zip(text, range(_SAMPLE_LINES), strict=False)]
    text.detach()  # the stream stays the caller's
    first = next((line.lstrip("\ufeff \t") for line in sample if line.strip()), "")
    if first.startswith("{"):
        return TextShape(encoding, "", True, n_lines, 0)
    delimiter = max(_DELIMITERS, key=lambda mark: max(line.count(mark) for line in sample))
    try:
        n_columns = max((len(row) for row in csv.reader(sample, delimiter=delimiter)), default=0)
    except csv.Error:
        raise _too_long(file) from None
    return TextShape(encoding, delimiter, False, n_lines, n_columns)


def csv_rows(source: Path | Bytes, shape: TextShape, file: str) -> Iterator[tuple[int, list[str]]]:
    """Records of a csv, numbered as a spreadsheet numbers them (a record may span lines, a blank line is a row)."""
    with io.TextIOWrapper(open_source(source), encoding=shape.encoding, newline="") as text:
        try:
            for number, row in enumerate(csv.reader(text, delimiter=shape.delimiter), start=1):
                yield number, [unguarded(cell) if cell.startswith("'") else cell for cell in row]
        except csv.Error:
            raise _too_long(file) from None


def _too_long(file: str) -> InvalidInput:
    return refuse(
        file,
        "有一格的内容长得不正常，可能缺少一个引号",
        f"每格不超过 {_FIELD_LIMIT} 个字符",
        "请用 WPS 或 Excel 打开，检查后另存为 xlsx 再导入。",
    )


def json_rows(source: Path | Bytes, shape: TextShape) -> Iterator[tuple[int, dict[str, Any] | BrokenLine]]:
    """Objects of a JSON-lines file; a line that is no JSON object comes as a BrokenLine, a blank line not at all."""
    with io.TextIOWrapper(open_source(source), encoding=shape.encoding) as text:
        for number, line in enumerate(text, start=1):
            stripped = line.strip("\ufeff \t\r\n")
            if not stripped:
                continue
            try:
                value = msgspec.json.decode(stripped)
            except (msgspec.DecodeError, RecursionError):
                value = None
            yield number, value if isinstance(value, dict) else BrokenLine(stripped)
