"""A replay for each test: a fresh home and the compiled models."""

from __future__ import annotations

import pytest

from funnelhouse.settings import Settings
from tests.bare_build import BareBuild
from tests.dbt.restatement.replay import Replay


@pytest.fixture
def replay(settings: Settings, bare_build: BareBuild) -> Replay:
    """Raw batches and the models to run on them."""
    return Replay(settings, bare_build)
