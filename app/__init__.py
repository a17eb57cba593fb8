"""Show the window in which a photographer removes things from a photo.

The flow, told once: the pointer moves on ``Canvas``, which speaks in photo pixels;
``Painting`` turns the movement into stamps (``tools``) and writes them into the ``Document``
through a command, so every step can be undone. "Fill" copies the mask into a job for the
engine's ``Worker`` thread; the answers come back one after the other and become a ``Choice``;
what is chosen lies over the photo as a ``Layer`` until "Accept" pushes the command that writes
it. Files are read and written by a second ``Worker``. Only commands write to the document, and
only ``worker`` knows of threads.
"""

APP_NAME = "Lacuna"
ORGANISATION = "Lacuna"
