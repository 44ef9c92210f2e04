"""Tables of real headers, wordings and forms, and the columns of our templates."""
