"""Small rules for texts that every package shares: labels, masking of e-mail addresses, names to show."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile("[\ufeff\u00ad\u200b-\u200f\u2060]")


def plain(text: str) -> str:
    """The text with every kind of space as one plain space, without invisible characters, trimmed."""
    if text.isascii():
        return " ".join(text.split())
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def label_key(label: str) -> str:
    """What header labels are compared by: plain, unquoted, composed and case-folded."""
    return unicodedata.normalize("NFC", plain(label).strip("\"'").strip()).casefold()


def label_keys(cells: list[str]) -> list[str]:
    """Keys of a header row; the second column of the same label is `<label>__2`, blank ones are blank."""
    seen: dict[str, int] = {}
    keys = []
    for cell in cells:
        key = label_key(cell)
        if key:
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > 1:
                key = f"{key}__{seen[key]}"
        keys.append(key)
    return keys


_TRICKS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def shown_name(name: str) -> str:
    """A file name as it may be shown and stored: what is invisible, reverses the text or is not text is replaced."""
    return _TRICKS.sub("\ufffd", name)
