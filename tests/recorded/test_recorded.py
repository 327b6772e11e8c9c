"""The same files give the same typed rows, outcomes and explanations as before."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from funnelhouse.settings import Settings
from tests.recorded.recording import FACTS, PII_KEY, record_all

RECORDED = Path(__file__).parent / "recorded.json"
"""After a change that is meant: `python -m tests.recorded`, and read the difference."""
RUNS: dict[str, tuple[dict[str, str], bool]] = {
    "as it comes": ({}, False),
    "with a manifest": (FACTS, False),
    "long": (FACTS, True),
}
"""Facts, and whether the file is made long."""


@pytest.mark.slow  # every fixture is loaded: 45 CPU seconds a run
@pytest.mark.parametrize("run", RUNS)
def test_fixtures_are_read_as_recorded(run: str, settings: Settings, tmp_path: Path) -> None:
    facts, is_long = RUNS[run]
    found = record_all(replace(settings, given_pii_key=PII_KEY), tmp_path / "inbox", facts, is_long=is_long)
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))[run]
    assert sorted(found) == sorted(recorded)
    differ = {name: (recorded[name], entry) for name, entry in found.items() if recorded[name] != entry}
    assert differ == {}
