"""An installation with several companies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from funnelhouse.tenants import Tenants, read_tenants

Write = Callable[..., Tenants]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write `acme="lines", ...` as files `acme.env` and read all tenants of the installation in `tmp_path`."""
    folder = tmp_path / "tenants"
    folder.mkdir()
    monkeypatch.setenv("FUNNELHOUSE_TENANTS", str(folder))
    monkeypatch.setenv("FUNNELHOUSE_HOME", str(tmp_path / "house"))

    def call(files: dict[str, str] | None = None, **lines: str) -> Tenants:
        for name, text in {**{f"{tenant}.env": text for tenant, text in lines.items()}, **(files or {})}.items():
            (folder / name).write_text(text, encoding="utf-8")
        return read_tenants()

    return call
