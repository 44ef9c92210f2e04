"""Reports on their dates: frozen once, read by cell, told what came in behind them."""
