"""Photographs as batches: where images come from, which ones come next, and which pixels are kept.

``sampler.indices_for`` names the images of a batch as a pure function of the images seen so far;
a dataset turns those names into a ``Batch``; ``batch.next_batch`` does both and adds the holes.
"""
