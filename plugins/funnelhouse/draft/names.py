"""What a drafted contract is called: after the folder or the file it was made for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from funnelhouse.masks import mask_emails

_STOP = {"report", "export", "download", "data", "csv", "the", "of", "from", "to", "all", "file"}


def draft_name(file_name: str, entity: str | None, sources: Iterable[str], folder: str | None = None) -> str:
    """`<source>__<kind>` from the words of a file name; `folder` is the one below the inbox, which names the source."""
    stem = mask_emails(file_name.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    flat = unicodedata.normalize("NFKD", stem.replace("đ", "d")).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z]+", flat) if len(word) > 1]
    known = [name for name in sources if words[: name.count("_") + 1] == name.split("_")]
    source = max(known, key=len) if known else words[0] if words else "my_platform"
    rest = [word for word in words[source.count("_") + 1 if words else 0 :] if word not in _STOP][:3]
    if folder and (named := re.sub(r"[^a-z0-9]+", "_", folder.lower()).strip("_")):
        source, rest = named, [word for word in words if word not in (*_STOP, *named.split("_"))][:3]
    return f"{source}__{'_'.join(rest) or entity or 'report'}"
