"""Explanations and drafts."""
