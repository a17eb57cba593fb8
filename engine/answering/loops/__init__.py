"""The loops of the network on the processor, compiled."""
