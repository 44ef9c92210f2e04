"""Figures a county supplies where a document states none: entry, units, words, what is missing."""
