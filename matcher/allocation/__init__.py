"""Scarce openings: slot prices for lists that do not crowd the same posts."""

from matcher.allocation.plan import solve_balanced

__all__ = ["solve_balanced"]
