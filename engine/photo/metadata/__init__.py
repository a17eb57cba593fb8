"""What a file says about its photo: EXIF, ICC, IPTC and XMP, cleaned and kept."""
