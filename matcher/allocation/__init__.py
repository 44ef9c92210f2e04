"""Scarce openings: slot prices for lists that do not crowd the same posts, and who is sent where.

This door is for prices. `assign`, `auction`, `check` and `market` are modules whose function has their name: handed out
here it would hide the module, so they are asked for there.
"""

from matcher.allocation.arrivals import still_to_come, weekly
from matcher.allocation.balanced import solve_balanced
from matcher.allocation.coverage import nobody_else
from matcher.allocation.narrowing import narrowed, rough_prices
from matcher.allocation.priced import PricedPlan, solve_priced

__all__ = [
    "PricedPlan",
    "narrowed",
    "nobody_else",
    "rough_prices",
    "solve_balanced",
    "solve_priced",
    "still_to_come",
    "weekly",
]
