"""Scarce openings: slot prices for lists that do not crowd the same posts."""

from matcher.allocation.arrivals import still_to_come, weekly
from matcher.allocation.plan import solve_balanced
from matcher.allocation.priced import PricedPlan, solve_priced

__all__ = ["PricedPlan", "solve_balanced", "solve_priced", "still_to_come", "weekly"]
