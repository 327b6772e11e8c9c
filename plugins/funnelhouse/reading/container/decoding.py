"""Bytes to text: which encoding, on what evidence, and a stream that turns it into UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from funnelhouse.contracts.reasons import Refused
from funnelhouse.reading.bounds import check_time

OPEN_BYTES = b"\x81\x8d\x8f\x90\x9d"
"""Bytes that Windows-1252 leaves open. Windows itself reads and writes them as the control characters of Latin-1."""
CONTROLS = "latin1_controls"
"""Name of the error handler that does the same."""
FEW_ZEROS = 1_000
"""A text may hold one zero byte in so many."""
HEAD_BYTES = 256 * 1024
"""How much of a file is looked at to recognise it."""


@dataclass(frozen=True)
class Encoding:
    """Name of the codec, length of the byte order mark, and why it was chosen."""

    name: str
    mark: int
    evidence: str
    errors: str = "strict"

    @property
    def is_utf8(self) -> bool:
        """True if DuckDB can read the bytes as they are."""
        return self.name == "utf-8"


def _as_control(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError) or error.object[error.start] not in OPEN_BYTES:
        raise error
    return chr(error.object[error.start]), error.start + 1


codecs.register_error(CONTROLS, _as_control)


def sniff_encoding(head: bytes, *, whole: bool) -> Encoding | None:
    """Encoding by byte order mark, zero bytes or strict UTF-8; None if it is some 8-bit code page.

    `whole` says that `head` is the whole file. Raises Refused for binary content.
    """
    if head.startswith(codecs.BOM_UTF8) and b"\0" not in head:
        return Encoding("utf-8", 3, "UTF-8 byte order mark")
    for name, mark in (("utf-32-le", codecs.BOM_UTF32_LE), ("utf-32-be", codecs.BOM_UTF32_BE)):
        if head.startswith(mark) and len(head) % 4 == 0:
            return Encoding(name, 4, "UTF-32 byte order mark")
    if head.startswith(codecs.BOM_UTF16_LE):
        return Encoding("utf-16-le", 2, "UTF-16 little endian byte order mark")
    if head.startswith(codecs.BOM_UTF16_BE):
        return Encoding("utf-16-be", 2, "UTF-16 big endian byte order mark")
    if b"\0" in head:
        return _without_mark(head)
    if _is_utf8(head, whole):
        return Encoding("utf-8", 0, "valid UTF-8")
    if _is_binary(head):
        raise Refused("not_text", "the content is binary, in no known container; export the file again as CSV or XLSX")
    return None


def _without_mark(head: bytes) -> Encoding:
    even, odd = head[0:4000:2].count(0), head[1:4000:2].count(0)
    half = max(1, min(len(head), 4000) // 2)
    if odd > 0.6 * half and even < 0.05 * half:
        return Encoding("utf-16-le", 0, "zero bytes of UTF-16 little endian, no byte order mark")
    if even > 0.6 * half and odd < 0.05 * half:
        return Encoding("utf-16-be", 0, "zero bytes of UTF-16 big endian, no byte order mark")
    raise zero_bytes()


def zero_bytes() -> Refused:
    """The refusal of a text that holds zero bytes: it is damaged, or none."""
    return Refused(
        "not_text", "the content is binary (zero bytes), in no known container; export it again as CSV or XLSX"
    )


def has_few_zeros(head: bytes) -> bool:
    """True for a text with single zero bytes in it, such as a rich text field of a CRM holds."""
    return 0 < head.count(0) * FEW_ZEROS <= max(len(head), FEW_ZEROS) and b"\0\0" not in head


def without_zeros(path: Path, target: Path) -> tuple[Path, int]:
    """The text without its zero bytes, at `target` if it has any, and how many it has. Raises Refused for many."""
    count = size = 0
    for chunk in _chunks(path):
        count, size = count + chunk.count(0), size + len(chunk)
    if not count:
        return path, 0
    if count * FEW_ZEROS > max(size, FEW_ZEROS):
        raise zero_bytes()
    with target.open("wb") as writer:
        for chunk in _chunks(path):
            writer.write(chunk.replace(b"\0", b""))
    return target, count


def count_open_bytes(path: Path) -> int:
    """How many bytes of the text Windows-1252 leaves open."""
    return sum(chunk.count(code) for chunk in _chunks(path) for code in OPEN_BYTES)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while chunk := handle.read(4 << 20):
            check_time()
            yield chunk


def check_zero_bytes(path: Path) -> None:
    """Raise Refused if a UTF-8 text holds a zero byte anywhere."""
    chunk = bytearray(4 << 20)
    with path.open("rb", buffering=0) as handle:
        while size := handle.readinto(chunk):
            check_time()
            if chunk.find(0, 0, size) >= 0:
                raise zero_bytes()


def _is_utf8(head: bytes, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head, final=whole)
    except UnicodeDecodeError:
        return False
    return True


_FOREIGN = re.compile(r"[À-ÖØ-öø-ÿŒœ]{3}|[a-zà-ÿ][À-ÖØ-Þ](?![A-ZÀ-Þ])|[a-z][–—“”‘•«»€£©®][a-z]")
"""Runs and case that no Western word has."""
_LETTERS = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒªº¡¿€£¥§©®°·–—‘’“”„…«»•\u00a0\u202f\u00ad×²³½¼%"
)
"""What Western European texts hold beyond ASCII."""


def western(head: bytes) -> str | None:
    """The Western code page under which every letter of an 8-bit text makes sense, or None if neither does.

    A text of another script does not count as text here: its words become runs of accented letters.
    """
    for name in ("cp1252", "mac_roman"):
        try:
            text = head.decode(name)
        except UnicodeDecodeError:
            continue
        odd = [letter for letter in text if not letter.isascii()]
        if all(letter in _LETTERS for letter in odd) and not _FOREIGN.search(text):
            return name
    return None


def _is_binary(head: bytes) -> bool:
    control = sum(head[:8000].count(bytes([code])) for code in range(32) if code not in (9, 10, 12, 13, 27))
    return control > 0.01 * max(1, len(head[:8000]))


def decode_head(head: bytes, encoding: Encoding) -> str:
    """The head as text; a cut last character is left out. Raises Refused for bytes outside the encoding."""
    decoder = codecs.getincrementaldecoder(encoding.name)(encoding.errors)
    try:
        return decoder.decode(head[encoding.mark :], final=False)
    except UnicodeDecodeError as error:
        raise _undecodable(encoding, error) from None


def to_utf8(source: Path, target: Path, encoding: Encoding, *, skip_characters: int = 0) -> None:
    """Rewrite the file as UTF-8 without mark and without its first characters, in constant memory."""
    decoder = codecs.getincrementaldecoder(encoding.name)(encoding.errors)
    with source.open("rb") as reader, target.open("wb") as writer:
        reader.seek(encoding.mark)
        try:
            while chunk := reader.read(1 << 20):
                check_time()
                skip_characters = _write(writer, decoder.decode(chunk), skip_characters)
            _write(writer, decoder.decode(b"", final=True), skip_characters)
        except UnicodeDecodeError as error:
            raise _undecodable(encoding, error) from None
        except UnicodeEncodeError:  # a lone surrogate: UTF-16 that is none
            raise Refused("wrong_encoding", f"the file is not valid {encoding.name}; export it again") from None


def _write(writer: BinaryIO, text: str, skip: int) -> int:
    if "\0" in text:
        raise zero_bytes()
    if skip >= len(text) > 0:
        return skip - len(text)
    writer.write((text[skip:] if skip else text).encode())
    return 0


def _undecodable(encoding: Encoding, error: UnicodeDecodeError) -> Refused:
    return Refused(
        "wrong_encoding",
        f"byte {error.start} ({error.object[error.start]:#04x}) is not {encoding.name}: the file was re-saved in "
        "another encoding or cut; export it again without opening it in a spreadsheet",
    )
