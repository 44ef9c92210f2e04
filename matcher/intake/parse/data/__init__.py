"""Bounds beyond which a reading is refused; each with its reason."""
