"""The beginning of a text or sheet, as recognition saw it: handed to whoever asks, for the explanation of a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from funnelhouse.contracts.schema import Contract
from funnelhouse.reading.container.decoding import Encoding
from funnelhouse.reading.tables.recognition import Binding, Names


@dataclass
class Head:
    """The beginning of one text or sheet, and what recognition made of it.

    `tried` maps each delimiter to the cells of its widest row; `wrapped` says that each row was one quoted cell.
    """

    names: Names
    rows: list[list[str]]
    bindings: list[Binding]
    contracts: list[Contract]
    encoding: Encoding | None = None
    delimiter: str | None = None
    tried: dict[str, int] = field(default_factory=dict)
    wrapped: bool = False


SawHead: TypeAlias = Callable[[Head], None]


def unseen(head: Head) -> None:
    """Nobody wants to know."""
