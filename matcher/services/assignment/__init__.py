"""Exact assignment for people who are sent as a group: organised transfer, welfare posts, plots."""
