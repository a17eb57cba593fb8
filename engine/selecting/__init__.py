"""Find what a user may want to paint: spots, objects, lines; numpy and cv2 only, no widgets."""
