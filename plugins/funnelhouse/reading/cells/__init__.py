"""Numbers, days, times and ids as platforms write them."""
