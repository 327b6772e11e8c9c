"""What reading makes of every fixture: typed rows, outcome and explanation, recorded so that a change shows."""
