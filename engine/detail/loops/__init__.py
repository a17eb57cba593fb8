"""The inner loops of texture, compiled by numba the first time and kept on disk.

They hold no lock of the interpreter, so that threads run them side by side. What is done to each
entry is decided from what was before, so neither order nor threads change a result.
"""
