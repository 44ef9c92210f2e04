"""The closed set of formula kinds: exact values from facts, figures and earlier values."""
