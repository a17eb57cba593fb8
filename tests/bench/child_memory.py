"""Fill a 300 px hole in a large photo and print the process's memory as JSON."""

import json
import sys

import numpy as np
from measure import peak_mib

from assets import SNAPSHOT
from engine.inpainter import Inpainter


def main() -> None:
    """Make the photo, fill it, report; the first argument is its size in megapixels."""
    height = round((int(sys.argv[1]) * 1e6 / 1.5) ** 0.5)
    inpainter = Inpainter(SNAPSHOT, "cpu")
    before = peak_mib()
    row = np.linspace(0, 255, height * 3 // 2, dtype=np.uint8)
    image = np.empty((height, row.size, 3), np.uint8)
    image[:] = row[:, None]
    mask = np.zeros(image.shape[:2], bool)
    mask[height // 2 : height // 2 + 300, height // 2 : height // 2 + 300] = True
    inpainter.inpaint(image, mask)
    report = {"pixels": mask.size, "before_mib": before, "peak_mib": peak_mib()}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
