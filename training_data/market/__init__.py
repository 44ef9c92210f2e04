"""A synthetic labour market (合成数据) that judges policies: what people want is hidden from whoever makes the lists.

The product cannot import it; it sees only records and events (CONTRACT section 6). See `training_data/README.md`.
"""
