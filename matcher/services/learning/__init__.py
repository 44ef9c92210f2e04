"""Better tables: made of a log, and put into use behind their gate."""
