"""The digest in each language and format: for the command that prints it, and for the task that writes all of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from funnelhouse.digest.facts import Digest, read_digest
from funnelhouse.digest.render import render
from funnelhouse.digest.written import FORMATS, digest_path
from funnelhouse.errors import Verdict
from funnelhouse.files import write_bytes
from funnelhouse.settings import Settings
from funnelhouse.words import LANGUAGES, Words


def digest_page(settings: Settings, day: date | None, language: str, output: str) -> str:
    """The page. Raises Verdict for a language or format there is none of, or a day after the reporting date."""
    if language not in LANGUAGES:
        raise Verdict(f"there is no language {language!r}; there are {', '.join(LANGUAGES)}")
    if output not in FORMATS:
        raise Verdict(f"there is no format {output!r}; there are {', '.join(FORMATS)}")
    return _page(settings, read_digest(settings, day), language, output)


def write_digests(settings: Settings) -> list[Path]:
    """Write the digest of the reporting date in every language and format to `reports/`; the paths, English first."""
    digest = read_digest(settings, None)
    paths = []
    for language in LANGUAGES:
        for output in FORMATS:
            path = digest_path(settings, language, output)
            write_bytes(path, _page(settings, digest, language, output).encode())
            paths.append(path)
    return paths


def _page(settings: Settings, digest: Digest, language: str, output: str) -> str:
    return render(digest, Words(language, settings.currency), output)
