"""How many calls an asker may make a minute."""


def check() -> None:
    """Refuse a call beyond the asker's allowance."""
