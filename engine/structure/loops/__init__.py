"""The inner loops of the search for lines, compiled as those of ``engine.detail.loops``."""
