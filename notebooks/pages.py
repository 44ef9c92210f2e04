"""An executed notebook as one HTML page: prose, code, what it printed, its figures; nothing fetched from anywhere."""

from __future__ import annotations

from html import escape
from typing import Any, Final

STYLE: Final = """
body{max-width:56rem;margin:2rem auto;padding:0 1rem;font:16px/1.55 system-ui,sans-serif;color:#1c2733}
pre{overflow-x:auto;padding:.7rem .9rem;background:#f5f7f8;border-left:3px solid #d5dbe0;font-size:.86rem}
pre.out{background:none;border-left-color:#0b5d8f}
table{border-collapse:collapse}td,th{padding:.2rem .7rem;border-bottom:1px solid #d5dbe0;text-align:left}
img{max-width:100%}
"""


def page(book: Any) -> str:
    """The page of a notebook (nbformat's node), its cells in order."""
    from markdown_it import MarkdownIt
    from pygments.formatters import HtmlFormatter

    prose = MarkdownIt("commonmark", {"html": False}).enable("table")
    inside = [prose.render(cell.source) if cell.cell_type == "markdown" else _code(cell) for cell in book.cells]
    title = escape(next(iter(book.cells[0].source.splitlines()), "").lstrip("# ")) if book.cells else ""
    colours = HtmlFormatter(style="friendly").get_style_defs("pre")
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}{colours}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(inside)}</body></html>\n'


def _code(cell: Any) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    code = highlight(cell.source, PythonLexer(), HtmlFormatter(nowrap=True)) if cell.source else ""
    return (f"<pre>{code}</pre>" if code else "") + "".join(_output(output) for output in cell.outputs)


def _output(output: Any) -> str:
    if output.output_type == "stream":
        return f'<pre class="out">{escape(output.text)}</pre>'
    if output.output_type == "error":
        return f'<pre class="out">{escape(f"{output.ename}: {output.evalue}")}</pre>'
    data = output.get("data", {})
    if "text/html" in data:
        return str(data["text/html"])
    return f'<pre class="out">{escape(data["text/plain"])}</pre>' if "text/plain" in data else ""
