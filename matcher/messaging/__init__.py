"""Text messages: when, to whom, which words, in how many parts, and what a reply means; pure, nothing is sent here."""
