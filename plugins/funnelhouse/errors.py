"""Errors that are verdicts on the input or the set-up: trying again without a change gives the same."""


class Verdict(RuntimeError):
    """Base of every error that a retry cannot mend. The message says what is wrong, where, and what to do."""
