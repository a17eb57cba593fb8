"""What the network answers: on the processor by compiled loops, on a graphics card by torch."""
