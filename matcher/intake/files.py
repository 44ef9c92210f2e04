"""What a file really is, judged by its bytes; everything that is not a readable table is refused in plain words."""

from __future__ import annotations

import codecs
import io
import zipfile
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from matcher.errors import InvalidInput, Problem
from matcher.intake.unpacking import MOST_INFLATED, most_inflated, spanned
from matcher.settings import Settings

Bytes = bytes | memoryview
"""A file that has been read; a large one as a view, which is read into memory of large pages."""
_HEAD = 8192
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF 文件"),
    (b"\xff\xd8\xff", "图片(JPEG)"),
    (b"\x89PNG", "图片(PNG)"),
    (b"GIF8", "图片(GIF)"),
    (b"Rar!", "压缩包(RAR)"),
    (b"7z\xbc\xaf", "压缩包(7z)"),
    (b"\x1f\x8b", "压缩包(gzip)"),
    (b"PK\x05\x06", "空的压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"SQLite format 3", "数据库文件"),
)
_ZIP_KINDS: tuple[tuple[str, str], ...] = (
    ("word/document.xml", "Word 文档"),
    ("ppt/presentation.xml", "演示文稿"),
    ("xl/workbook.bin", "xlsb 表格"),
    ("content.xml", "OpenDocument 文件"),
)
_RESAVE = "请用 WPS 或 Excel 打开原文件，另存为 xlsx 后再导入。"


class FileForm(StrEnum):
    """Forms of table that can be read."""

    XLSX = "xlsx"
    XLS = "xls"
    TEXT = "text"


def refuse(file: str, found: str, expected: str, fix: str) -> InvalidInput:
    """The refusal of a whole file as one Problem of row 0."""
    problem = Problem(file=file, row=0, found=found, expected=expected, fix=fix)
    return InvalidInput(f"{found}，不能导入。", (problem,), where=file, remedy=fix)


def inspect(stream: BinaryIO, file: str, settings: Settings) -> FileForm:
    """The form of a file by its content; raises InvalidInput when it is empty, too big, locked, broken or no table."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size > settings.import_max_bytes:
        limit = settings.import_max_bytes // (1024 * 1024)
        raise refuse(
            file,
            f"文件有 {size / 1024 / 1024:.0f} MB",
            f"不超过 {limit} MB 的文件",
            "请按乡镇拆成几个文件，分别导入。",
        )
    head = stream.read(_HEAD)
    stream.seek(0)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise refuse(file, "文件是空的", "至少有表头和一行数据", "请确认选对了文件，或下载空白模板填写。")
    if head.startswith(_ZIP):
        _inspect_zip(stream, file, settings)
        return FileForm.XLSX
    if head.startswith(_OLE):
        _inspect_ole(stream, file)
        return FileForm.XLS
    _inspect_text(head, file)
    return FileForm.TEXT


def _inspect_text(head: bytes, file: str) -> None:
    for magic, name in _OTHER_KINDS:
        if head.startswith(magic):
            raise refuse(file, f"这是{name}，不是表格", "xlsx、xls、csv 或 jsonl 表格", _RESAVE)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta")):
        raise refuse(file, "这是网页格式的文件，只是改了扩展名", "xlsx、xls、csv 或 jsonl 表格", _RESAVE)
    is_utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in head and not is_utf16:
        raise refuse(file, "认不出这是什么文件", "xlsx、xls、csv 或 jsonl 表格", _RESAVE)


def _inspect_ole(stream: BinaryIO, file: str) -> None:
    body = stream.read()
    stream.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in body:
        raise locked(file)
    if "Workbook".encode("utf-16-le") not in body and "Book".encode("utf-16-le") not in body:
        raise refuse(file, "这是旧版 Office 文档，不是表格", "xlsx、xls、csv 或 jsonl 表格", _RESAVE)


def locked(file: str) -> InvalidInput:
    """The refusal of a file that needs a password."""
    return refuse(file, "文件设置了打开密码", "没有密码的表格", "请用 WPS 或 Excel 打开，去掉密码并另存后再导入。")


def broken(file: str) -> InvalidInput:
    """The refusal of a workbook that is cut off or damaged."""
    return refuse(
        file, "文件不完整或已损坏", "能用 WPS 或 Excel 正常打开的表格", "可能没有下载或复制完整，请重新获取文件。"
    )


def _inspect_zip(stream: BinaryIO, file: str, settings: Settings) -> None:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                kind = next((label for part, label in _ZIP_KINDS if part in names), "压缩包")
                raise refuse(file, f"这是{kind}，不是 xlsx 表格", "xlsx、xls、csv 或 jsonl 表格", _RESAVE)
            _refuse_bomb(archive, file, settings)
            _refuse_far_cells(*spanned(archive), file, settings)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, OSError, ValueError):
        raise broken(file) from None
    except RuntimeError:  # zipfile's word for an encrypted member
        raise locked(file) from None
    finally:
        stream.seek(0)


def _refuse_bomb(archive: zipfile.ZipFile, file: str, settings: Settings) -> None:
    unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > settings.import_max_unpacked_bytes:
        raise refuse(
            file,
            f"文件解压后有 {unpacked // (1024 * 1024)} MB",
            f"解压后不超过 {settings.import_max_unpacked_bytes // (1024 * 1024)} MB",
            "请按乡镇拆成几个文件，分别导入。",
        )
    times = most_inflated(archive)
    if times > MOST_INFLATED:
        raise refuse(
            file,
            f"文件解压后是原来的 {times} 倍，几乎全是重复或空白的格子",
            f"解压后不超过原来的 {MOST_INFLATED} 倍",
            "请把有内容的行列复制到新的表格里，另存为 xlsx 后再导入。",
        )


def _refuse_far_cells(n_rows: int, n_columns: int, file: str, settings: Settings) -> None:
    if n_columns > settings.import_max_columns:
        raise too_wide(file, n_columns, settings)
    if n_columns * n_rows > settings.import_max_cells:
        raise refuse(
            file,
            f"工作表一直到第 {n_rows} 行、第 {n_columns} 列",
            f"行数乘列数不超过 {settings.import_max_cells}",
            "请删去数据区以外的零散内容，或拆成几个文件。",
        )


def too_wide(file: str, n_columns: int, settings: Settings) -> InvalidInput:
    """The refusal of a sheet with too many columns."""
    return refuse(
        file,
        f"表格有 {n_columns} 列",
        f"不超过 {settings.import_max_columns} 列",
        "请只保留需要导入的列，删去其余各列后再导入。",
    )


def open_source(source: Path | Bytes) -> BinaryIO:
    """A seekable byte stream of a path or of bytes in memory, of which none are copied."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    return io.BufferedReader(_Memory(source)) if isinstance(source, memoryview) else source.open("rb")


class _Memory(io.RawIOBase):
    """Bytes of a view as a stream."""

    def __init__(self, view: memoryview) -> None:
        self._view, self._at = view, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = (0, self._at, len(self._view))[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        into = memoryview(buffer).cast("B")
        few = self._view[self._at : self._at + len(into)]
        into[: len(few)] = few
        self._at += len(few)
        return len(few)
