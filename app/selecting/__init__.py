"""The tools that find what to paint: their gestures, their controls, what they draw."""
