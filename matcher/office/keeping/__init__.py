"""How long whole files of the office are kept and why, and what becomes of them when somebody is erased."""
