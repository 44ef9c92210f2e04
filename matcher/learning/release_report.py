"""The result of a release gate as a page that a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from matcher.learning.judging import GROUP_LABELS, STAGE_LABELS
from matcher.learning.release import ReleaseResult

CHECKS: Final = {
    "later_season": "记录是训练以后的",
    "honest_log": "记录可信",
    "applications": "名单带来的报名不比现用的少",
    "simulator": "模拟检验",
    **{f"ece_{stage}": f"{label}说得准" for stage, label in STAGE_LABELS.items()},
    **{f"groups_{stage}": f"{label}对各人群都说得准" for stage, label in STAGE_LABELS.items()},
}
NO_CLAIM: Final = (
    "本报告说的是：模型的把握在训练以后的一季里准不准，换用它以后每份名单的报名会不会变少。"
    "它不说会多上岗几人、多稳住几人，也不说某个条件会造成什么结果；那些要用整户分组、名额也分开的对照试验来量。"
)


def report_text(result: ReleaseResult) -> str:
    """Markdown in Chinese: the verdict first, then each check with its reason, then the figures."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: ReleaseResult) -> Iterator[str]:
    yield f"# 模型发布检验{'（合成数据）' if result.synthetic else ''}"
    yield ""
    failed = [check for check in result.checks if not check.passed]
    yield f"结论：**{'通过' if result.passed else f'没有通过，{len(failed)}项不合格'}**"
    yield ""
    yield f"- 待用模型：{result.model_id}（文件{result.model_sha256[:12]}）"
    yield f"- 现用模型：{result.in_use}"
    yield f"- 检验记录：{result.events_sha256[:12]}"
    yield ""
    yield "| 检验 | 结果 | 说明 |"
    yield "|---|---|---|"
    for check in result.checks:
        yield f"| {CHECKS[check.name]} | {'合格' if check.passed else '**不合格**'} | {check.told} |"
    if result.errors:
        yield from _errors(result)
    for title, told in (("需要核实的记录", result.suspicions), ("模拟检验里其他没有通过的项", result.other_gates)):
        if told:
            yield from ("", f"## {title}", "", *(f"- {line}" for line in told))
    yield from ("", NO_CLAIM)


def _errors(result: ReleaseResult) -> Iterator[str]:
    yield from ("", "## 说得准不准（期望校准误差，越小越准）", "")
    yield "| 环节 | 人群 | 人数 | 条数 | 误差 | 现用模型 | 光凭运气也会有 | 上限 |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|"
    for row in result.errors:
        yield (
            f"| {STAGE_LABELS[row.stage]} | {GROUP_LABELS[row.group]} | {row.people} | {row.rows} | {row.ece:.3f} "
            f"| {row.in_use:.3f} | {row.by_luck:.3f} | {row.limit:.3f} |"
        )
