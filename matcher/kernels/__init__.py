"""The first k of many, exact to the last tie: arrays in, arrays out.

Who asks is one side of a pair (a worker, or a vacancy), who is listed stands on a *shelf* (all vacancies, or all
workers). Every rule and every score term reads a few facts of both, so each side is told as small integers: one code
per *relation*, a relation being the facts of both sides that one rule or term reads together (schooling with
schooling, wage wanted with wage paid). What a relation says of a pair of codes is one *cell*: a verdict and what it
adds to the log-odds of the three stages. Facts that need no other side are one cell more for whoever asks and for
each one on the shelf. A pair is then decided by a dozen cells:

    verdict   the smallest of the cells (no 0, unknown 1, yes 2); no is never listed
    log-odds  per stage the sum of the cells and the intercept; the committed table makes them probabilities
    list      of a worker, best first: verdict, score; score = q * v - price or q * (v - price), q = p_apply * p_hire,
              v = p_keep * factor of the worker (`matcher.shortlist`)
    order     of a vacancy, best first: verdict, then band, tier and fit as the document says (`policy.types.Mode`),
              waiting days
    floor     of either: whatever fits less is not listed
    ties      the mixed hash of both, smallest first

`spec` says just that, slowly, on one pair after the other. `twin` says it in numpy over the whole shelf. `loops` says
it in numba and leaves out what cannot be listed: the shelf lies in segments of those who share the codes that matter
most, and a segment whose best conceivable member falls short of the k-th found so far is not opened. Ties are no
reason to skip, so the answer stays exact. `fastest` takes `loops` where numba is installed and `twin` where not.

A cell is one int64 (`layout`): bits 0-53 three sums that cannot run into each other, 55-58 how many cells are
unknown, 59-62 how many say no. The room reads no records; `matcher.services.ground` turns these into codes.
"""

from matcher.kernels.askers import Askers
from matcher.kernels.layout import Cells, Layout, layout_of
from matcher.kernels.often import Choice, Named, Often, Wanted
from matcher.kernels.ranking import ORDERS, Ranking
from matcher.kernels.ready import make_ready
from matcher.kernels.shelf import Rows, Shelf, changed, codes_of, repriced, shelved
from matcher.kernels.use import Found, fastest, is_ready

__all__ = [
    "ORDERS",
    "Askers",
    "Cells",
    "Choice",
    "Found",
    "Layout",
    "Named",
    "Often",
    "Ranking",
    "Rows",
    "Shelf",
    "Wanted",
    "changed",
    "codes_of",
    "fastest",
    "is_ready",
    "layout_of",
    "make_ready",
    "repriced",
    "shelved",
]
