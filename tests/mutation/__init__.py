"""Mutation testing of the evaluator and of money: every small slip in the code must be seen by a test.

Own, for the tools at hand do not fit: mutmut (3.8.1, BSD-3) leaves decorated functions alone, and three of four of the
closed vocabulary are decorated; cosmic-ray (8.7.0, MIT) starts a process a mutant, 3.5 s each. Here a mutant is a fork
of a process that has loaded everything, with the code of one function exchanged in place.
"""
