"""Train the generator as the paper does.

The flow: ``config`` names a recipe; ``data`` gives uint8 crops and ``masks`` their holes, both
pure functions of the seed and the images seen; ``step`` holds one update of each player, made of
the ``losses``; ``loop`` repeats it, keeps ``ema`` and writes ``state`` (everything, to resume to the
bit) and snapshots (the EMA generator, for users). ``evaluate`` scores a snapshot.
"""
