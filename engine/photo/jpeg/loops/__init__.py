"""The Huffman codes of JPEG scans (ITU-T T.81, annexes F and G), read and written by numba.

Every reader takes ``data``, a scan without stuffing with ``scan.PADDING`` bytes of ones behind it,
and ``last``, the bit behind its own last byte. It returns the bit it came to and ``FINE``, or what
is wrong. What 16 bits mean is symbol * 32 + code length, -1 for no code (``Table.lookup``).
"""
