"""Every kind of export has a fixture, and every fixture a line that says what it is."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.reasons import Refused
from funnelhouse.reading.container.members import Budget, members
from funnelhouse.reading.tables.find_tables import read_member
from funnelhouse.settings import Settings
from tests.contracts.conftest import FILES


def fixtures() -> list[Path]:
    return [path for path in sorted(FILES.rglob("*")) if path.is_file() and path.name != "README.md"]


def test_every_kind_is_recognised_in_a_fixture(settings: Settings, tmp_path: Path) -> None:
    contracts = load_contracts(settings.user_contracts)
    known = list(contracts.values())
    seen: set[str] = set()
    for path in fixtures():
        for member in members(path, tmp_path, Budget()):
            try:
                seen.update(t.contract.contract for t in read_member(member, path.name, known, tmp_path))
            except Refused as refusal:
                raise AssertionError(f"{path.name}: {refusal.message}") from None
    assert sorted(set(contracts) - seen) == []


def test_every_fixture_has_a_line_in_the_readme() -> None:
    lines = (FILES / "README.md").read_text(encoding="utf-8").splitlines()
    patterns = [name for line in lines for name in re.findall(r"`([^`]+)`", line.partition(": ")[0])]
    names = [path.relative_to(FILES).as_posix() for path in fixtures()]
    assert [name for name in names if not any(fnmatch(name, pattern) or name == pattern for pattern in patterns)] == []
