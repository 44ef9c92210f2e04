"""Rules over facts: inputs, three-valued logic, steps, derived labels, answers."""
