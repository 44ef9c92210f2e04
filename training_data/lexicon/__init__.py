"""The project's lexicon of trades and skills as people say them, judged twice; see CARD.md beside it."""
