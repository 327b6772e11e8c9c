"""Houses whose archive, raw layer and versions are in a store, too: a folder, by the same code as a store of S3."""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from funnelhouse.objects.place import Place
from funnelhouse.objects.through import fetch_missing, upload_changes
from funnelhouse.publish.publisher import publish
from funnelhouse.settings import Settings
from tests.unit.publish.publish_factory import small_build
from tests.unit.reading.conftest import GOOD, Home

KEY = "5a" * 32
ROOMS = ("archive", "quarantine", "raw", "published")


class Killed(BaseException):
    """Stands for the end of a process: nothing catches it."""


def house_in(folder: Path, name: str, key: str = KEY) -> Settings:
    """A home of this name in the folder, with the stores of one house beside it."""
    urls = {f"{room}_url": f"file://{folder}/store/{room}" for room in ("archive", "raw", "published")}
    settings = replace(Settings(home=folder / name), given_pii_key=key, **urls)
    settings.make_folders()
    return settings


@pytest.fixture
def house(tmp_path: Path) -> Callable[..., Settings]:
    """Homes of this test by name, all with the same stores."""
    return functools.partial(house_in, tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house `first` that received, refused and published something, and its stores."""
    folder = tmp_path_factory.mktemp("built")
    settings = house_in(folder, "first")
    Home(settings).drop("a.csv", GOOD).drop("mystery.csv", "nothing that a contract knows").load()
    small_build(settings)
    publish(settings)
    upload_changes(settings)
    return folder


@pytest.fixture
def full(built: Path, tmp_path: Path) -> Settings:
    """A copy of that house, and of its stores."""
    shutil.copytree(built, tmp_path, symlinks=True, dirs_exist_ok=True)
    return house_in(tmp_path, "first")


def files(settings: Settings) -> dict[str, bytes]:
    """Whatever of a house its stores are for; links stand for what they lead to."""
    found = {}
    for room in ROOMS:
        for path in (settings.home / room).rglob("*"):
            name = path.relative_to(settings.home).as_posix()
            if path.is_symlink():
                found[name] = str(path.readlink()).encode()
            elif path.is_file() and not any(part.startswith(".") for part in path.relative_to(settings.home).parts):
                found[name] = path.read_bytes()
    return {name: content for name, content in found.items() if not name.startswith("archive/incoming")}


def restored(settings: Settings) -> dict[str, bytes]:
    """What an empty home gets from the stores."""
    fetch_missing(settings)
    return files(settings)


def read_by_a_reader(store: Path) -> dict[str, bytes]:
    """What somebody finds who follows `current.json`, without this code."""
    if not (store / "current.json").exists():
        return {}
    pointer = json.loads((store / "current.json").read_text())
    folder = store / Path(pointer["database"]).parent
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Steps:
    """Counts what is asked of stores, and ends the process before the one of a number.

    Of an object that can be made only once the answer is a step, too: it is there, and the home has not noted it.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.done = 0
        self.last: int | None = None
        for name in ("upload", "create", "write", "remove", "download"):
            self._watch(patch, name, getattr(Place, name))

    def _watch(self, patch: pytest.MonkeyPatch, name: str, original: Callable[..., Any]) -> None:
        def step(place: Place, *arguments: Any) -> Any:
            if name in ("upload", "remove", "download"):  # of many files each is a step
                (many,) = arguments
                for one in many:
                    self._count()
                    original(place, {one: many[one]} if isinstance(many, dict) else [one])
                return None
            self._count()
            answer = original(place, *arguments)
            if name == "create":
                self._count()
            return answer

        patch.setattr(Place, name, step)

    def _count(self) -> None:
        if self.done == self.last:
            raise Killed
        self.done += 1


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """Steps of this test."""
    return Steps(monkeypatch)
