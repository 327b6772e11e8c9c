"""The whole way from an inbox to a published version, as the DAGs' tasks do it, without Airflow.

`python -m tests.pipeline HOME INBOX` runs it in a process of its own, for tests that kill it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from funnelhouse.contracts.entities import channels
from funnelhouse.extract.extraction import extract_channel
from funnelhouse.extract.mend import mend_batches
from funnelhouse.publish.publisher import publish
from funnelhouse.quality.files import expose_files
from funnelhouse.quality.gate import check
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.build_state import remember_built
from funnelhouse.transform.dbt_runner import build as build_warehouse


def load(settings: Settings, inbox: Path | None = None) -> None:
    """Receive and extract everything that waits."""
    settings.make_folders()
    receive_exports(settings, inbox)
    for channel in channels():
        extract_channel(settings, channel)


def build(settings: Settings) -> None:
    """Check, build, check and publish what is in the raw layer."""
    mend_batches(settings)
    expose_files(settings)
    check(settings, "raw")
    build_warehouse(settings)
    check(settings, "marts")
    publish(settings, require_gate=True)
    remember_built(settings)


def run(settings: Settings, inbox: Path | None = None) -> None:
    """Everything."""
    load(settings, inbox)
    build(settings)


if __name__ == "__main__":
    run(load_settings(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
