"""`funnelhouse extract`: explain or load single files."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.markup import escape

from funnelhouse.errors import Verdict
from funnelhouse.settings import Settings


def inspect_files(settings: Settings, files: list[Path], facts: dict[str, str]) -> list[dict[str, Any]]:
    """What each file would become; writes nothing into the home folder."""
    from funnelhouse.extract.inspect import inspect_file

    return [inspect_file(settings, path, facts) for path in _existing(files)]


def load_files(settings: Settings, files: list[Path], facts: dict[str, str]) -> list[dict[str, Any]]:
    """Receive and extract the files; what became of each. Facts given count for all of them."""
    import hashlib
    import json

    from funnelhouse.extract.extraction import extract_channel
    from funnelhouse.receive.front_door import receive_exports

    hashes = {}
    with tempfile.TemporaryDirectory() as scratch:
        # A folder of its own with a manifest: single files come in by the same door as every other.
        for position, path in enumerate(_existing(files)):
            folder = Path(scratch) / str(position)
            folder.mkdir()
            shutil.copy2(path, folder / path.name)
            beside = path.parent / "_manifest.yml"
            known = yaml.safe_load(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
            (folder / "_manifest.yml").write_text(yaml.safe_dump({**(known or {}), **facts}), encoding="utf-8")
            hashes[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        archived = receive_exports(settings, Path(scratch), drain=False)
    for channel, received in archived.items():
        if received:
            extract_channel(settings, channel, received)
    records = []
    for path, sha in hashes.items():
        record = settings.raw / "_files" / f"{sha}.json"
        records.append(json.loads(record.read_text(encoding="utf-8")) if record.exists() else {
            "file": str(path), "outcome": "already_loaded"})  # fmt: skip
    return records


def explain(console: Console, result: dict[str, Any]) -> None:
    """Print one result for a person."""
    colours = {"refused": "red", "loaded_with_rejects": "yellow", "empty_report": "yellow"}
    colour = colours.get(result["outcome"], "green")
    name = result.get("file") or result.get("file_name") or "file"
    console.print(f"[bold]{escape(str(name))}[/]: [{colour}]{result['outcome']}[/]", highlight=False)
    for key, value in result.items():
        if key in ("file", "file_name", "outcome") or value in (None, "", [], {}):
            continue
        if isinstance(value, list):
            console.print(f"  {key}:", highlight=False)
            for item in value:
                console.print(f"    - {escape(_flat(item))}", highlight=False)
        else:
            console.print(f"  {key}: {escape(_flat(value))}", highlight=False)


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={_flat(part)}" for name, part in value.items() if part not in (None, "", [], {}))
    if isinstance(value, list):
        return "; ".join(_flat(part) for part in value)
    return str(value)


def _existing(files: list[Path]) -> list[Path]:
    for path in files:
        if not path.is_file():
            raise Verdict(f"{path} is no file. Give export files; for a whole folder use: funnelhouse run --inbox DIR")
    return files
