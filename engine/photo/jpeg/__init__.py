"""JPEG files, changed block by block so that every other block keeps its code."""
