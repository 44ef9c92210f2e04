"""Finding people: one query of chips, read from typed words, answered over columns.

`query` says what is asked, `reading` reads it from a line, `columns` and `names` hold a roster as arrays, `matching`
answers with masks and counts; all of it is pure and knows neither stores nor pages.
"""
