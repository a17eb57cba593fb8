"""Work out what is shown: halvings of a photo, zoom, strokes, outlines, colours of maps."""
