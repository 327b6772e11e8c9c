"""The YAML text of a draft, line by line: scalars, comments and questions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from funnelhouse.reading.masking import shown_text


@dataclass
class Sheet:
    """Lines of the text, with the questions met while writing it."""

    lines: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    blocking: list[str] = field(default_factory=list)

    def add(self, *lines: str) -> None:
        """Lines as they are."""
        self.lines += lines

    def note(self, text: str, indent: str = "") -> None:
        """A comment."""
        self.lines.append(f"{indent}# {shown_text(text[:1].upper() + text[1:], 600)}")

    def ask(self, text: str, indent: str = "", *, blocks: bool = False) -> None:
        """A question; `blocks` if rows must not load before it is answered."""
        self.lines.append(f"{indent}# QUESTION: {shown_text(text, 400)}")
        (self.blocking if blocks else self.questions).append(shown_text(text, 400))


def quoted(text: str) -> str:
    """A YAML scalar in one line."""
    return "'" + "".join(char if char.isprintable() else " " for char in text).replace("'", "''") + "'"


def label(text: str) -> str:
    """A header label as a YAML scalar; one that begins with the mark of patterns becomes a pattern."""
    text = " ".join(text.split())
    return quoted("~" + escaped(text) if text.startswith("~") else text)


def escaped(text: str) -> str:
    """The text as a regular expression that both Python and RE2 read."""
    return re.sub(r"([.^$*+?{}\[\]\\|()~])", r"\\\1", text)
