"""What an advert may not ask: the law's verdict on conditions that were found in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.policy.types import Effect, PublicationRule
from matcher.records import PublishBar

N_QUOTES = 3  # of several wordings of one condition the first few show what is meant


def judge(
    quotes: Mapping[str, Sequence[str]], rules: Mapping[str, PublicationRule]
) -> tuple[list[PublishBar], list[PublishBar]]:
    """What bars and what warns, ordered by kind; a condition the law is silent on is neither.

    quotes : kind of condition -> its wordings in the advert; rules : `publication_rules` of the day
    """
    bars: list[PublishBar] = []
    warnings: list[PublishBar] = []
    for kind in sorted(quotes):
        rule = rules.get(kind)
        if rule is None:
            continue
        found = "；".join(dict.fromkeys(quotes[kind][:N_QUOTES]))
        verdict = PublishBar(code=kind, sentence=rule.sentence, document=rule.document, clause=rule.clause, found=found)
        (bars if rule.effect is Effect.BAR else warnings).append(verdict)
    return bars, warnings
