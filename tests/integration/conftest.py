"""Helpers of the end-to-end tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def funnelhouse() -> Command:
    """Run the `funnelhouse` command in a process of its own: `funnelhouse("run", "--home", home)`."""

    def call(*arguments: str | Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "funnelhouse.cli", *map(str, arguments)]
        return subprocess.run(
            command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=900, check=False
        )

    return call
