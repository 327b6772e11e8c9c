"""Readers of the store never go back, and a home that published nothing of its own follows one that did."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import filelock
import pytest

from funnelhouse.objects.place import Place, StoreRefused
from funnelhouse.objects.through import fetch_missing, upload_changes
from funnelhouse.publish.publisher import publish, rollback, versions
from funnelhouse.settings import Settings
from tests.unit.objects.conftest import Killed, Steps, files, read_by_a_reader, restored
from tests.unit.publish.publish_factory import SPEND, small_build

House = Callable[..., Settings]


def _publish(settings: Settings, spend: str) -> str:
    small_build(settings, [*SPEND, ("2026-11-01", "Email", spend)])
    return publish(settings).version


def _published(settings: Settings) -> dict[str, bytes]:
    return {name: content for name, content in files(settings).items() if name.startswith("published")}


def _pointer(tmp_path: Path) -> dict[str, Any]:
    pointer: dict[str, Any] = json.loads((tmp_path / "store" / "published" / "current.json").read_text())
    return pointer


@pytest.mark.parametrize("keep_versions", [1, 3])
def test_a_version_published_while_an_upload_waits_its_turn_is_what_readers_get(
    full: Settings, keep_versions: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = replace(full, keep_versions=keep_versions)
    acquire, newest = filelock.FileLock.acquire, list[str]()

    def after_a_while(lock: filelock.FileLock, *arguments: Any, **named: Any) -> Any:
        if Path(lock.lock_file).name == "published.lock" and not newest:
            newest.append(_publish(full, "9.00"))
        return acquire(lock, *arguments, **named)

    monkeypatch.setattr(filelock.FileLock, "acquire", after_a_while)
    upload_changes(full)
    assert [_pointer(tmp_path)["version"]] == newest
    assert read_by_a_reader(tmp_path / "store" / "published")


def test_a_version_deleted_while_it_is_uploaded_fails_nobody(
    full: Settings, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = replace(full, keep_versions=1)
    _publish(full, "8.00")
    put, newest = Place.upload, list[str]()

    def after_another_publication(place: Place, wanted: dict[str, Path]) -> None:
        if not newest and any(name.startswith("versions/") for name in wanted):
            newest.append(_publish(full, "9.00"))
        put(place, wanted)

    monkeypatch.setattr(Place, "upload", after_another_publication)
    upload_changes(full)
    assert [_pointer(tmp_path)["version"]] == newest
    assert restored(house("again")) == files(full)


@pytest.mark.parametrize("act", [fetch_missing, upload_changes])
def test_a_home_without_a_version_of_its_own_follows_and_may_publish_the_next(
    full: Settings, house: House, act: Callable[[Settings], int]
) -> None:
    second = house("second")
    fetch_missing(second)
    small_build(second)
    publish(second)  # nothing changed: that is in its log, and no version of its own
    for spend in ("8.00", "9.00", "9.50"):
        _publish(full, spend)
    upload_changes(full)
    act(second)
    assert _published(second) == _published(full)
    newest = _publish(second, "10.00")
    upload_changes(second)
    fetch_missing(full)
    assert _published(full) == _published(second)
    assert [version.version for version in versions(full) if version.is_current] == [newest]


def test_a_rollback_is_followed_too(full: Settings, house: House, tmp_path: Path) -> None:
    first = versions(full)[0].version
    _publish(full, "9.00")
    upload_changes(full)
    second = house("second")
    fetch_missing(second)
    rollback(full)
    upload_changes(full)
    upload_changes(second)
    assert _pointer(tmp_path)["version"] == first
    assert _published(second) == _published(full)


def test_following_that_is_killed_at_any_step_is_completed_by_the_next(
    full: Settings, house: House, steps: Steps
) -> None:
    homes = [house(f"second {number}") for number in range(40)]
    for home in homes:
        fetch_missing(home)
    _publish(full, "9.00")
    upload_changes(full)
    for number, second in enumerate(homes):
        steps.done, steps.last = 0, number
        try:
            fetch_missing(second)
        except Killed:
            steps.last = None
            fetch_missing(second)
            assert _published(second) == _published(full)
        else:
            break
    assert 3 < number < len(homes) - 1


def test_two_homes_that_published_different_versions_are_two_houses(full: Settings, house: House) -> None:
    second = house("second")
    fetch_missing(second)
    _publish(full, "8.00")
    _publish(second, "9.00")
    upload_changes(full)
    mine, theirs = _published(second), _published(full)
    fetch_missing(second)
    with pytest.raises(StoreRefused, match="two houses publish"):
        upload_changes(replace(second, archive_url=None, raw_url=None))
    assert _published(second) == mine
    third = house("third")
    fetch_missing(third)
    assert _published(third) == theirs


@pytest.mark.parametrize("name", ["../../x", "..", "", "/etc/x", ".hidden", "a/b"])
@pytest.mark.parametrize("is_current", [True, False])
def test_a_pointer_that_names_what_is_no_version_is_refused(
    full: Settings, house: House, tmp_path: Path, name: str, is_current: bool
) -> None:
    pointer = _pointer(tmp_path)
    (version,) = pointer["versions"]
    pointer["versions"][name] = pointer["versions"][version]
    if is_current:
        pointer["version"] = name
    (tmp_path / "store" / "published" / "current.json").write_text(json.dumps(pointer))
    again = house("again")
    with pytest.raises(StoreRefused, match="cannot be the name of a version"):
        fetch_missing(again)
    assert not _published(again)
    assert not (again.home / "x").exists()
