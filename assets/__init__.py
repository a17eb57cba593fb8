"""The files that ship with the program: weights, samples, icons."""

from pathlib import Path

ASSETS = Path(__file__).parent
SNAPSHOT = ASSETS / "weights" / "lacuna.safetensors"
SNAPSHOT_SHA256 = "a980da2ddb485b711da0cf4b0aedfc6b1668cfbea231a512b6ec0702586f954b"
SAMPLE_PHOTO = ASSETS / "samples" / "sample.jpg"
SAMPLE_MASK = ASSETS / "samples" / "sample-mask.png"
