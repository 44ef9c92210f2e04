"""Words of documents as brokers read them: no group by name."""

import pytest

from matcher.policy import standard_packs
from matcher.privacy import OFFICE_PAPER, neutral_words


@pytest.mark.parametrize(
    "text", ["建档立卡名册证明", "脱贫人口名册或监测系统记录", "本县建档立卡劳动力名册", "残疾人证复印件"]
)
def test_a_paper_that_names_a_group_is_not_named(text):
    assert neutral_words(text) == OFFICE_PAPER


@pytest.mark.parametrize("text", ["劳动合同复印件", "用人单位出具的连续三个月工资发放表", "社会保险缴费记录", ""])
def test_any_other_paper_keeps_its_name(text):
    assert neutral_words(text) == text


def test_no_paper_of_a_pack_names_a_group_afterwards():
    labels = [paper.label for pack in standard_packs().packs.values() for b in pack.benefits for paper in b.evidence]
    told = {neutral_words(label) for label in labels}
    assert len(told) > 20
    assert not any(word in label for label in told for word in ("贫", "建档", "搬迁", "残"))
