"""Hold the photo being worked on, change it so that it can be changed back, and work in threads."""
