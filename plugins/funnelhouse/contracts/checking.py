"""Checking documents against plain classes, by pydantic, which is imported when the first document is checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True)
class After:
    """Beside a type: a function that returns the checked value or raises ValueError."""

    function: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """For pydantic."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(self.function, handler(source))


class Within:
    """Beside a type: its limits (`ge`, `le`, `min_length`, `max_length`, `pattern`)."""

    def __init__(self, **limits: Any) -> None:
        self.limits = limits

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """For pydantic."""
        return {**handler(source), **self.limits}


class Strict:
    """Base of dataclasses that are made of documents: unknown fields are an error, and `check` has the last word."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    def check(self) -> None:
        """Raise ValueError if the fields do not fit each other."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """For pydantic."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(_checked, handler(source))


def _checked(made: Strict) -> Strict:
    made.check()
    return made


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def made_of(kind: type, document: Any) -> Any:
    """A `kind` made of a document. Raises pydantic's ValidationError."""
    return _adapter(kind).validate_python(document)


def content_hash(made: Strict, *, without: set[str]) -> str:
    """Stands for the contents of all fields but some."""
    kind: Any = type(made)
    text = _adapter(kind).dump_json(made, exclude=without)
    return hashlib.sha256(text).hexdigest()[:16]
