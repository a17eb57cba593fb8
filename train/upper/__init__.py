"""Train the upper level, which doubles answers, on crops beside a frozen generator."""
