"""Packs as Chinese text for officers."""
