"""Every Airflow asset, defined once: equality is by name and URI, so each tenant has its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, reduce
from operator import or_

from airflow.sdk import Asset, AssetAlias, AssetAny

from funnelhouse.contracts.entities import channels


@dataclass(frozen=True)
class Assets:
    """The assets of one company."""

    archive: dict[str, Asset]
    """New files of a channel are in the archive."""
    raw: dict[str, Asset]
    """New batches of a channel are in the raw layer."""
    published: Asset
    """A new version is published."""
    archived: AssetAlias
    """Stands for the `archive/<channel>` assets of the channels that really got a file."""
    extracted: AssetAlias
    """Stands for `raw/<channel>`, if an extraction really loaded something."""

    def any_raw(self) -> AssetAny:
        """Schedule: any channel has new batches."""
        condition: AssetAny = reduce(or_, self.raw.values())
        return condition


@cache
def assets_of(tenant: str | None) -> Assets:
    """The assets of a tenant; None: of the only company of this installation."""
    prefix = f"{tenant}/" if tenant else ""

    def asset(name: str) -> Asset:
        return Asset(name=prefix + name, uri=f"x-funnelhouse://{prefix}{name}")

    return Assets(
        archive={channel: asset(f"archive/{channel}") for channel in channels()},
        raw={channel: asset(f"raw/{channel}") for channel in channels()},
        published=asset("warehouse/published"),
        archived=AssetAlias(f"{prefix}archived"),
        extracted=AssetAlias(f"{prefix}extracted"),
    )
