"""Funnelhouse: exports of marketing and sales platforms in, a published measurement warehouse out."""

__version__ = "0.1.0"
