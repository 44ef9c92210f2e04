"""Two documents side by side as Chinese text: what is the same once, what differs under each."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.policy.binding import State
from matcher.policy.diff import Agreement, Cell, Compared, PackDiff, Question, Side

STATE_WORDS = {
    State.NOT_YET: "还没开始",
    State.IN_FORCE: "现行",
    State.EXPIRED: "已到期",
    State.NEEDS_REVIEW: "待核实",
    State.NEEDS_CONFIG: "没有日期，待补",
}
VERDICT_WORDS = {
    Agreement.SAME: "相同",
    Agreement.DIFFERENT: "不同",
    Agreement.OPEN: "有数字没写明，不能比",
    Agreement.ONLY_LEFT: "只有甲列了",
    Agreement.ONLY_RIGHT: "只有乙列了",
}
NOT_SAID = "没有写"


def diff_page(found: PackDiff) -> str:
    """The whole comparison as text; 甲 is the left document, 乙 the right one."""
    lines = ["# 两份文件对照", "", f"- 甲：{_side(found.left)}", f"- 乙：{_side(found.right)}"]
    lines += [f"- 按 {found.on} 这一天比较；各说各的，一份文件的数字不用到另一份上。"]
    lines += ["- 没有列出的，可能写在规则里，见各自的全文。"]
    for compared in (*found.subjects, *found.orders):
        lines += ["", f"## {compared.title}（{VERDICT_WORDS[compared.verdict]}）", *_questions(compared)]
    if found.others:
        lines += ["", "## 其他两份都列了的"]
        lines += [line for question in found.others for line in _question(question)]
    for word, cells in (("甲", found.only_left), ("乙", found.only_right)):
        if cells:
            lines += ["", f"## 其他只有{word}列了的", *(f"- {cell.name}：{cell_text(cell)}" for cell in cells)]
    return "\n".join(lines) + "\n"


def diff_rows(found: PackDiff) -> list[dict[str, str]]:
    """The comparison as flat rows: subject, question, verdict, and what each document says."""
    groups = [(compared.title, compared.questions) for compared in (*found.subjects, *found.orders)]
    rows = [
        {
            "subject": title,
            "question": question.title,
            "verdict": question.verdict.value,
            "left": cells_text(question.left),
            "right": cells_text(question.right),
        }
        for title, questions in (*groups, ("", found.others))
        for question in questions
    ]
    for verdict, cells in ((Agreement.ONLY_LEFT, found.only_left), (Agreement.ONLY_RIGHT, found.only_right)):
        for cell in cells:
            told = {"left": NOT_SAID, "right": NOT_SAID} | {verdict.value.removeprefix("only_"): cell_text(cell)}
            rows.append({"subject": "", "question": cell.name, "verdict": verdict.value, **told})
    return rows


def cell_text(cell: Cell) -> str:
    """A value with its clause, its own days, and that it does not hold on the day where it does not."""
    days = f"；{cell.days}" if cell.days else ""
    return f"{cell.value}（{cell.clause}{days}{'' if cell.in_force else '；这一天不执行'}）"


def cells_text(cells: tuple[Cell, ...]) -> str:
    """All a document says to one question; several rows each with their name."""
    if len(cells) < 2:
        return "".join(map(cell_text, cells)) or NOT_SAID
    return "；".join(f"{cell.name}：{cell_text(cell)}" for cell in cells)


def _side(side: Side) -> str:
    return f"{side.name}（{side.pack_id}），{side.document}，{side.days}，{STATE_WORDS[side.state]}"


def _questions(compared: Compared) -> Iterator[str]:
    for question in compared.questions:
        yield from _question(question)


def _question(question: Question) -> Iterator[str]:
    """One line where both say the same or only one says anything, else a line a document."""
    head = f"- {question.title}（{VERDICT_WORDS[question.verdict]}）"
    if question.verdict is Agreement.SAME and len(question.left) == 1:
        clauses = "；".join(f"{word}{cell.clause}" for word, cell in _named(question))
        yield f"{head}：{question.left[0].value}（{clauses}）"
    elif question.verdict in {Agreement.ONLY_LEFT, Agreement.ONLY_RIGHT}:
        yield f"{head}：{cells_text(question.left or question.right)}"
    else:
        yield from (head, f"  - 甲：{cells_text(question.left)}", f"  - 乙：{cells_text(question.right)}")


def _named(question: Question) -> Iterator[tuple[str, Cell]]:
    yield from (("甲", cell) for cell in question.left)
    yield from (("乙", cell) for cell in question.right)
