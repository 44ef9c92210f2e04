"""The closed vocabulary of conditions, with the sentence when one fails and the question when unknown."""
