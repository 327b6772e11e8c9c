"""Is the published version the one the raw layer asks for? A fingerprint of everything a build depends on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from funnelhouse.files import write_json
from funnelhouse.settings import Settings


def fingerprint(settings: Settings) -> str:
    """Hash of the batches, the files' outcomes and standing, the business settings, own pipelines, models and suites.

    Batches are named by content, so listing them is enough: nothing is opened.
    """
    digest = hashlib.sha256()
    for folder in ("_batches", "_files"):
        for path in sorted((settings.raw / folder).glob("*.json")):
            digest.update(path.name.encode())
            if folder == "_files":
                record = json.loads(path.read_text(encoding="utf-8"))
                digest.update(json.dumps([record.get("outcome"), record.get("batches")]).encode())
    for path in sorted(settings.archive.glob("??/*/decisions.json")):
        digest.update(path.parent.name.encode())
        digest.update(path.read_bytes())
    digest.update(str(settings.as_of).encode())
    for suite in sorted(settings.expectations.rglob("*")):
        _add_code(digest, suite, settings.expectations)
    digest.update(code_digest(settings).encode())
    return digest.hexdigest()


def code_digest(settings: Settings) -> str:
    """Hash of the dbt project, own pipelines and business settings: what makes other tables of the same raw layer."""
    digest = hashlib.sha256(json.dumps([settings.timezone, settings.currency]).encode())
    for path in sorted(settings.dbt_project.rglob("*")):
        _add_code(digest, path, settings.dbt_project)
    for path in settings.own_files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _add_code(digest: hashlib._Hash, path: Path, folder: Path) -> None:
    if path.is_file() and path.suffix in (".sql", ".py", ".yml", ".csv", ".json") and "target" not in path.parts:
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())


def is_build_due(settings: Settings) -> bool:
    """True if a build would start from anything else than the published version was built from."""
    state = _state_path(settings)
    if not settings.published_file.exists() or not state.exists():
        return any((settings.raw / "_files").glob("*.json"))
    remembered = json.loads(state.read_text(encoding="utf-8")).get("fingerprint")
    return bool(remembered != fingerprint(settings))


def remember_built(settings: Settings) -> None:
    """Record that the current version was built from the present raw layer. Call it right after publishing."""
    write_json(_state_path(settings), {"fingerprint": fingerprint(settings)})


def _state_path(settings: Settings) -> Path:
    return settings.build / "published_state.json"
