"""What the home folder keeps: received files, their outcomes, refused ones, raw batches, locks, published versions."""
