"""The order of people of a document in Chinese: who stands in which tier of which service."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.policy.types import FlagTest, Service, TierRow, Vocabulary

EVERYBODY_ELSE = "其他所有人"


def tier_lines(service: Service, vocabulary: Vocabulary) -> Iterator[tuple[TierRow, str]]:
    """Each tier with who stands in it and who comes first inside it."""
    for tier in service.tiers:
        who = flag_words(tier.when, vocabulary) or EVERYBODY_ELSE
        lifts = "；".join(flag_words(lift, vocabulary) for lift in tier.lifts)
        yield tier, who + (f"；档内先看：{lifts}" if lifts else "")


def flag_words(test: FlagTest, vocabulary: Vocabulary) -> str:
    """A condition over flags by their names; empty where it asks for nothing."""

    def labels(names: tuple[str, ...], between: str) -> str:
        return between.join(vocabulary.flags[name].label for name in names)

    parts = (
        labels(test.all, "且"),
        labels(test.any, "或"),
        "不属于" + labels(test.none, "、") if test.none else "",
    )
    return "，并且".join(part for part in parts if part)
