"""Every decision about a file as a document, for people and for machines."""
