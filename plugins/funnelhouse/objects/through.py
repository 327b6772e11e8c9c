"""The whole home and its object stores: what to fetch before work, what to upload after it."""

from __future__ import annotations

from funnelhouse.objects import published, rooms
from funnelhouse.settings import Settings


def fetch_missing(settings: Settings) -> int:
    """Bring the home to what its stores hold; how many files and versions came. Raises StoreRefused."""
    return rooms.fetch(settings, "archive") + rooms.fetch(settings, "raw") + published.fetch(settings)


def upload_changes(settings: Settings) -> int:
    """Keep in the stores what changed in the home; how many files and versions. Raises StoreRefused.

    Archive before raw before published: what a later one is made from is always there.
    """
    return rooms.upload(settings, "archive") + rooms.upload(settings, "raw") + published.upload(settings)
