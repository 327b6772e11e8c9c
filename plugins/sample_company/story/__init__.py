"""What happened at the sample company, day by day: pure data, no file format."""
