"""The harness of `matcher evaluate`: earlier seasons, training, seasons under every policy, tables and gates."""
