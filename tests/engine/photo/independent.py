"""Decode every file of a folder with libvips, a reader that shares no code with the program.

It runs as a process of its own, so that its libraries do not meet those of Qt: FILE becomes
FILE.npy, (H, W, bands), upright, of the file's own depth; what libvips refuses gets none.
"""

import sys
from pathlib import Path

import numpy as np
import pyvips


def main(folder):
    for path in sorted(Path(folder).iterdir()):
        try:
            image = pyvips.Image.new_from_file(str(path), fail_on="error").autorot()
            found = image.numpy()
        except pyvips.Error:
            continue
        bands = found if found.ndim == 3 else found[..., None]
        np.save(path.with_name(path.name + ".npy"), bands)


if __name__ == "__main__":
    main(sys.argv[1])
