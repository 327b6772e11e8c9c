"""Drafting a contract for an unknown export: what it looks like, what its labels may mean, and what to ask a person."""
