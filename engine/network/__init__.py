"""The paper's network: its layers, its generator, its certainty, its weights."""
