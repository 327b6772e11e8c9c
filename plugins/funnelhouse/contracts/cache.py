"""The built-in contracts and the entities, checked once and kept: checking them costs more than loading a small file.

A kept copy counts for exactly the bytes it was made of: the contracts, the code that checks them, the versions of
Python and pydantic. Anything else in its place (older, cut, foreign) is checked and written anew. It is read with a
reader that makes nothing but contracts.
"""

from __future__ import annotations

import hashlib
import io
import logging
import pickle
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from funnelhouse.contracts import schema
from funnelhouse.contracts.checking import Strict
from funnelhouse.contracts.entities import document, use_document
from funnelhouse.contracts.schema import Contract
from funnelhouse.files import write_bytes

log = logging.getLogger("funnelhouse")
_CODE = (
    "schema.py",
    "checking.py",
    "expressions.py",
    "entities.py",
    "entities.yml",
    "loader.py",
    "cache.py",
    "reasons.py",
)


def key_of(paths: list[Path]) -> str:
    """Stands for the contents of these contracts and for everything that takes part in checking them."""
    digest = hashlib.sha256(f"{sys.version}\n".encode())
    here = Path(__file__).parent
    for path in [*(here / name for name in _CODE), *_pydantic(), *paths]:
        content = path.read_bytes()
        digest.update(f"{path.name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _pydantic() -> list[Path]:
    """The file that holds pydantic's version, which is expensive to import."""
    found = find_spec("pydantic")
    return [Path(found.origin).with_name("version.py")] if found and found.origin else []


def kept(folder: Path, key: str) -> dict[str, Contract] | None:
    """The contracts kept under this key, or None. What is kept of the entities is put to use."""
    try:
        content = _place(folder).read_bytes()
    except OSError:
        return None
    head, body = content[:128], content[128:]
    if head != key.encode() + hashlib.sha256(body).hexdigest().encode():
        return None
    try:
        found: dict[str, Contract]
        found, known = _Reader(io.BytesIO(body)).load()
    except Exception as error:  # noqa: BLE001 (whatever is wrong with it, the contracts themselves are at hand)
        log.warning("the kept contracts cannot be read (%s): checked anew", type(error).__name__)
        return None
    use_document(known)
    return found


def keep(folder: Path, key: str, contracts: dict[str, Contract]) -> None:
    """Keep checked contracts in place of older ones. A folder that cannot be written does no harm."""
    body = pickle.dumps((contracts, document()), protocol=pickle.HIGHEST_PROTOCOL)
    try:
        write_bytes(_place(folder), key.encode() + hashlib.sha256(body).hexdigest().encode() + body, mode=0o600)
    except OSError as error:
        log.info("the checked contracts cannot be kept: %s", error.strerror or error)


def _place(folder: Path) -> Path:
    return folder / "contracts.cache"


class _Reader(pickle.Unpickler):
    """Makes the classes of the contracts' schema and no others: a planted file can run nothing."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "funnelhouse.contracts.schema":
            found = getattr(schema, name, None)
            if isinstance(found, type) and issubclass(found, Strict):
                return found
        if (module, name) in (("builtins", "set"), ("builtins", "frozenset")):
            return {"set": set, "frozenset": frozenset}[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not a part of a contract")
