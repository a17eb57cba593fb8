"""Lacuna, the program: a window and a command line over the engine."""

APP_NAME = "Lacuna"
