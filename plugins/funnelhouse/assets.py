"""Every Airflow asset, defined once: equality is by name and URI."""

from __future__ import annotations

from functools import reduce
from operator import or_

from airflow.sdk import Asset, AssetAlias, AssetAny

from funnelhouse.contracts.entities import channels

ARCHIVE = {
    channel: Asset(name=f"archive/{channel}", uri=f"x-funnelhouse://archive/{channel}") for channel in channels()
}
"""New files of a channel are in the archive."""

RAW = {channel: Asset(name=f"raw/{channel}", uri=f"x-funnelhouse://raw/{channel}") for channel in channels()}
"""New batches of a channel are in the raw layer."""

PUBLISHED = Asset(name="warehouse/published", uri="x-funnelhouse://warehouse/published")
"""A new version is published."""

ARCHIVED = AssetAlias("archived")
"""Stands for the `archive/<channel>` assets of the channels that really got a file."""

EXTRACTED = AssetAlias("extracted")
"""Stands for `raw/<channel>`, if an extraction really loaded something."""


def any_raw() -> AssetAny:
    """Schedule: any channel has new batches."""
    condition: AssetAny = reduce(or_, RAW.values())
    return condition
