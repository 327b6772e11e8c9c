"""An extraction that is killed, and tried again by Airflow: whatever it loaded, a build follows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest

from funnelhouse import dag_parts
from funnelhouse.assets import assets_of
from funnelhouse.extract import extraction
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.settings import Settings
from funnelhouse.store.batches import read_batches
from funnelhouse.transform.raw_views import expose_raw
from tests.unit.reading.conftest import GOOD, Home

NOTHING = {"only": None, "replay": False}


@dataclass
class Events:
    """What a task tells through one outlet."""

    added: list[Any] = field(default_factory=list)

    def add(self, asset: Any, extra: dict[str, Any]) -> None:
        self.added.append(asset)


def extract(home: Home) -> list[Any]:
    """The assets that the task `extract_ads.extract` announces; Airflow does so only if it ends well."""
    events: defaultdict[Any, Events] = defaultdict(Events)
    dag_parts.extract(None, "ads", NOTHING, events)
    return events[assets_of(None).extracted].added


@pytest.fixture
def waiting(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with one archived file that is not extracted yet; tasks work for it."""
    home = Home(settings)
    monkeypatch.setattr(dag_parts, "chosen_settings", lambda **_: home.settings)
    home.drop("google_ads/111/a.csv", GOOD)
    receive_exports(home.settings)
    return home


def killed(*_: Any, **__: Any) -> None:
    raise SystemExit("killed")


@pytest.mark.parametrize("step", ["supersede", "tell"])
def test_a_task_killed_behind_its_last_file_is_announced_when_it_runs_again(
    waiting: Home, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(extraction, step, killed)
        extract(waiting)
    assert len(read_batches(waiting.settings.raw)) == 1
    assert extract(waiting) == [assets_of(None).raw["ads"]]


def test_after_a_build_has_read_it_nothing_is_announced_again(waiting: Home) -> None:
    assert extract(waiting) == [assets_of(None).raw["ads"]]
    expose_raw(waiting.settings.build_file, waiting.settings.raw)
    assert extract(waiting) == []
