"""The files that ship with the program: weights, samples, icons."""

from pathlib import Path

ASSETS = Path(__file__).parent
SNAPSHOT = ASSETS / "weights" / "lacuna.safetensors"
SNAPSHOT_SHA256 = "59d8afb4434fca925664f2a94d44b67da0e2a47d859f56a80ecc8a90b8761f0b"
SAMPLE_PHOTO = ASSETS / "samples" / "sample.jpg"
SAMPLE_MASK = ASSETS / "samples" / "sample-mask.png"
