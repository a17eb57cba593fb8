"""Train the generator as the paper does.

The flow: ``config`` names a recipe; ``data`` gives uint8 crops and ``masks`` their holes, both
pure functions of the seed and the images seen; ``step`` holds one update of each player, made of
the ``losses``; ``players`` builds and grows both networks; ``run`` holds all that changes and
writes ``state`` (everything, to resume to the bit) and snapshots (the averaged generator, for
users); ``loop`` goes round. ``kernels`` makes it fast on CPUs, ``evaluate`` scores a snapshot.
"""
