"""Twelve questions about the recommendations, each a notebook that answers it with numbers it asserts.

Notebooks are paired `.py` files (jupytext, percent format); `python -m notebooks` makes `.ipynb` and HTML of them.
"""
