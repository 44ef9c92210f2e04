"""Packs from TOML on disk: lines, strict types, digests."""
