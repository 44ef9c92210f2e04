"""Two offices' ledgers: read, paired, told in files, decided pair by pair."""
