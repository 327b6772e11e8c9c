"""A replay for each test: a fresh home and the models of the empty warehouse."""

from __future__ import annotations

import pytest

from funnelhouse.settings import Settings
from tests.dbt.restatement.replay import Replay


@pytest.fixture
def replay(settings: Settings, empty_warehouse: Settings) -> Replay:
    """Raw batches and the models to run on them."""
    return Replay(settings, empty_warehouse)
