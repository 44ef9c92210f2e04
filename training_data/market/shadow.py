"""A learned model beside the logging policy: lists are drawn as in earlier seasons, the chances told are the model's.

So a model is judged on a season later than all it was trained on, and on lists like those it was trained on. Under its
own lists it is judged as well: there the pairs are those it thinks most of, and people the hand card would have left
waiting are at work, which no log of the hand card can tell.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.scoring import P_ONE
from training_data.market.exploring import Softmax, explored
from training_data.market.policies import Maker, open_desk
from training_data.market.season import Lists, Policy, View
from training_data.market.world import World


def shadowed(softmax: Softmax, model: bytes) -> Maker:
    """The logging policy with the probabilities of a model that orders nothing."""

    def maker(world: World) -> Policy:
        drawn, desk = explored(softmax)(world), open_desk(world, model=model)

        def policy(view: View) -> Lists:
            lists, pairs = drawn(view), desk.round(view, priced=False).pairs
            row = np.full((view.worker_ix.size, view.vacancy_ix.size), -1, dtype=np.int64)
            row[pairs.worker_ix, pairs.vacancy_ix] = np.arange(len(pairs))
            at = row[
                np.searchsorted(view.worker_ix, lists.worker_ix), np.searchsorted(view.vacancy_ix, lists.vacancy_ix)
            ]
            return replace(
                lists,
                p_apply=pairs["p_apply"][at] / P_ONE,
                p_hire=pairs["p_hire"][at] / P_ONE,
                p_keep=pairs["p_keep"][at] / P_ONE,
            )

        return policy

    return maker
