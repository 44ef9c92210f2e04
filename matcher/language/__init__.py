"""Chinese words: occupations, skills, conditions in advert texts; jieba and the index load on first use."""
