"""What officers and auditors open: imports, people, lists, today's work."""
