"""From the bytes of a file to typed rows, an outcome and an explanation. Nothing here knows where files are kept."""
