"""Chinese words: occupations, skills, conditions in advert texts; the index loads on first use."""
