"""What the boxes of AVIF and HEIC files tell (ISO base media file format)."""
