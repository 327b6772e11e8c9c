"""One module a page: the question it answers, what it reads and how it shows it."""
