"""Rounds of changed exports: each round changes one line in each of many tables, so that a build asks many questions.

A round that stops is halved until the change that stops it is alone.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from funnelhouse.settings import Settings, load_settings
from funnelhouse.store.archive import list_records
from funnelhouse.store.decisions import decide
from tests.one_cell.changes import Change, Place, apply, places
from tests.one_cell.house import contents, stopped_by

Say = Callable[[str], None]


@dataclass(frozen=True)
class Stop:
    """A change after which nothing would be published, or after which the right file gives other tables."""

    change: str
    why: str


class Campaign:
    """Changes of one company's exports; `folder` is scratch, `seed` decides every change."""

    def __init__(self, inbox: Path, empty: Settings, folder: Path, seed: int, say: Say = lambda _: None) -> None:
        self.inbox, self.empty, self.folder, self.say = inbox, empty, folder, say
        self.chance = random.Random(seed)
        self._round = 0
        self._right: dict[str, str] = {}

    def run(self, changes: int) -> tuple[int, list[Stop]]:
        """Make at least so many changes; how many were made and what stopped."""
        self._right = self._published_from_right_files()
        made, stops = 0, []
        while made < changes:
            chosen = self._choose(changes - made)
            made += len(chosen)
            stops += list(self._judge(chosen))
            self.say(f"{made} changes, {len(stops)} stop")
        return made, stops

    def _published_from_right_files(self) -> dict[str, str]:
        settings = self._home()
        stopped = stopped_by(settings, self.empty, self.inbox)
        assert stopped == [], stopped
        found = contents(settings)
        shutil.rmtree(settings.home)
        return found

    def _home(self) -> Settings:
        self._round += 1
        settings = replace(load_settings(self.folder / f"home{self._round}"), timezone=self.empty.timezone)
        settings.make_folders()
        return settings

    def _choose(self, most: int) -> list[tuple[Place, int]]:
        """One change for each table, each with a seed of its own, so that it can be made again alone."""
        chosen = [(place, self.chance.randrange(2**32)) for place in places(self.inbox)]
        self.chance.shuffle(chosen)
        return chosen[:most]

    def _judge(self, chosen: list[tuple[Place, int]]) -> Iterator[Stop]:
        """The changes that stop publication; more than one where each of them does it alone."""
        why, made = self._try(chosen)
        if not why:
            return
        if len(chosen) == 1:
            yield Stop(str(made[0]) if made else str(chosen[0][0]), "\n".join(why))
            return
        self.say(f"halving {len(chosen)} changes: {why[0][:600]}")
        middle = len(chosen) // 2
        found = [*self._judge(chosen[:middle]), *self._judge(chosen[middle:])]
        if not found:
            found = [Stop("; ".join(map(str, made)), "only together: " + "\n".join(why))]
        yield from found

    def _try(self, chosen: list[tuple[Place, int]]) -> tuple[list[str], list[Change]]:
        """Publish the changed exports, then the right ones; what stops or differs, and the changes."""
        settings = self._home()
        inbox = self.folder / f"inbox{self._round}"
        shutil.copytree(self.inbox, inbox)
        try:
            made = [change for place, seed in chosen if (change := apply(inbox, place, random.Random(seed)))]
            stopped = stopped_by(settings, self.empty, inbox)
            if stopped:
                return stopped, made
            return self._with_the_right_files(settings, {change.place.file for change in made}), made
        finally:
            shutil.rmtree(inbox)
            shutil.rmtree(settings.home)

    def _with_the_right_files(self, settings: Settings, changed: set[Path]) -> list[str]:
        """The wrong files are withdrawn and the right ones loaded: the tables are those of the right files alone."""
        for record in list_records(settings):
            if Path(record.chosen.folder) / record.chosen.file_name in changed:
                decide(settings, record.sha256, "withdraw")
        stopped = stopped_by(settings, self.empty, self.inbox)
        if stopped:
            return [f"with the right files: {why}" for why in stopped]
        now = contents(settings)
        return [f"with the right files: {name} is another" for name in sorted(now) if now[name] != self._right[name]]
