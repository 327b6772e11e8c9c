"""Whatever ends an upload, and however often: the house that began it goes on."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from funnelhouse.objects.place import Place, StoreRefused
from funnelhouse.objects.through import upload_changes
from funnelhouse.settings import Settings
from funnelhouse.store.archive import archived_hashes
from funnelhouse.store.decisions import decide
from tests.unit.objects.conftest import Killed, Steps, files, restored
from tests.unit.reading.conftest import GOOD, Home

House = Callable[..., Settings]


def _killed_at(settings: Settings, steps: Steps, number: int) -> bool:
    """Upload what changed, ended before the step of this number; False if there are fewer."""
    steps.done, steps.last = 0, number
    try:
        upload_changes(settings)
    except Killed:
        return True
    finally:
        steps.last = None
    return False


def test_two_kills_in_a_row_at_any_steps_do_not_lock_a_house_out(
    full: Settings, house: House, steps: Steps, tmp_path: Path
) -> None:
    """The first may come between a commit and the note of it, the second before the next commit."""
    full = replace(full, raw_url=None, published_url=None)
    Home(full).drop("b.csv", GOOD.replace("Brand", "Other")).load()
    (sha256, *_) = archived_hashes(full)
    before = tmp_path / "before"
    shutil.copytree(tmp_path / "store", before / "store")
    shutil.copytree(full.home, before / "home", symlinks=True)
    pairs = 0
    for first in itertools.count():
        for second in itertools.count():
            for name, folder in (("store", tmp_path / "store"), ("home", full.home)):
                shutil.rmtree(folder)
                shutil.copytree(before / name, folder, symlinks=True)
            was_killed = _killed_at(full, steps, first)
            decide(full, sha256, "withdraw")
            if not (_killed_at(full, steps, second) and was_killed):
                break
            pairs += 1
            upload_changes(full)
            again = replace(house(f"again {first} {second}"), raw_url=None, published_url=None)
            assert _archived(restored(again)) == _archived(files(full))
        if not was_killed:
            break
    assert pairs > 12


def _archived(found: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in found.items() if name.startswith(("archive/", "quarantine/"))}


def test_a_commit_whose_answer_was_lost_is_not_taken_for_another_house(
    full: Settings, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client asks again by itself, and the store answers that there is an object of that name."""
    Home(full).drop("b.csv", GOOD.replace("Brand", "Other")).load()
    create = Place.create

    def asked_twice(place: Place, name: str, content: bytes) -> bool:
        create(place, name, content)
        return create(place, name, content)

    monkeypatch.setattr(Place, "create", asked_twice)
    upload_changes(full)
    assert restored(house("again")) == files(full)


def test_of_two_that_commit_at_one_moment_one_is_refused(full: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    Home(full).drop("b.csv", GOOD.replace("Brand", "Other")).load()
    create = Place.create

    def another_first(place: Place, name: str, content: bytes) -> bool:
        create(place, name, content.replace(b'"token": "', b'"token": "f'))
        return create(place, name, content)

    monkeypatch.setattr(Place, "create", another_first)
    with pytest.raises(StoreRefused, match="somebody else commits"):
        upload_changes(full)
