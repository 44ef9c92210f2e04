"""Claims of the county office: proposed from the records, agreed by two people, paid line by line, answered for."""
