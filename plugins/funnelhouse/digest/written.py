"""Where the pages lie, and whether they are those of the published version; imports nothing that takes time."""

from __future__ import annotations

from pathlib import Path

from funnelhouse.settings import Settings
from funnelhouse.store.versions import CURRENT
from funnelhouse.words import LANGUAGES

FORMATS = ("html", "md")


def digest_path(settings: Settings, language: str = "en", output: str = "html") -> Path:
    """File of the newest digest in a language and format."""
    return settings.reports / f"digest-{language}.{output}"


def is_digest_due(settings: Settings) -> bool:
    """True if a version was published after the last page was written: a run was killed between the two."""
    current, last = settings.published / CURRENT, digest_path(settings, LANGUAGES[-1], FORMATS[-1])
    if not current.is_symlink():
        return False
    return not last.exists() or last.stat().st_mtime < current.lstat().st_mtime
