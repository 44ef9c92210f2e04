"""A claim's life as a fold over its deeds, payment lines and what a bank says of them, and the office's meters."""
