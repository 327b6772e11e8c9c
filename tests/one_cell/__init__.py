"""Exports in which one cell is another value of its type, or one line is missing or there twice."""
