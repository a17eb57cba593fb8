"""TIFF files with all their tags, strips, tiles and planes."""
