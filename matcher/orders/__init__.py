"""A broker's order: the line it is made from, its seats and call list, what is sought and who goes."""
