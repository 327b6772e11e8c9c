"""What a home keeps, in an object store as well: written through after each task, fetched where the home lacks it."""
