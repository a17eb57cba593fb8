"""Write down what was done to a photo: steps, recipes, and the journal that outlives a crash."""
