"""Let what was copied, painted and known meet without a step in tone."""
