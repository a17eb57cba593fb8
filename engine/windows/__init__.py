"""Choose the square of photo around each hole, scale it to the network, put the answer back."""
