"""One module per platform: the story in the bytes that platform exports."""
