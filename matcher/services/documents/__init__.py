"""What the packs say: the rules in force, their trace, a pack as a page."""
