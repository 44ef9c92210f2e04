"""What a touch screen shows: cards, jobs, slips."""
