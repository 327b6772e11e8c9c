"""Regular expressions of RE2 (DuckDB) as those of Java (Spark), where the same text means something else.

RE2                                     Java, if left alone
`$` the end of the text                 before a last line break, too
`.` all but a line break                 all but any of five kinds of line ends
`\\b`, and (?i) over all of Unicode      letters of every script, or of ASCII, by Java's version; (?i) of ASCII only
`[` inside of a class is a bracket      begins a class inside of the class; `&&` cuts two
"""

from __future__ import annotations

import re

from duckdb_to_spark.scope import UnknownConstruct

_WORD = "[0-9A-Za-z_]"
_BORDER = f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))"
_NO_BORDER = f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))"
_FLAGS = {"i": "iu", "s": "s", "c": ""}


def java(pattern: str, flags: str = "") -> str:
    """The pattern for Java. Raises UnknownConstruct for what Java cannot say."""
    written: list[str] = []
    in_class = False
    has_dot = False
    place = 0
    while place < len(pattern):
        char = pattern[place]
        if char == "\\":
            written.append(_escape(pattern[place : place + 2], in_class=in_class))
            place += 2
            continue
        if in_class:
            char, in_class, place = _in_class(pattern, place)
        elif char == "[":
            in_class = True
            char = "[^" if pattern.startswith("[^", place) else "["
            place += len(char)
            if pattern.startswith("]", place):  # a bracket that comes first is one of the class
                char, place = char + "\\]", place + 1
        else:
            has_dot = has_dot or char == "."
            char = "\\z" if char == "$" else "(?<" if pattern.startswith("(?P<", place) else char
            place += 4 if char == "(?<" and pattern.startswith("(?P<", place) else 1
        written.append(char)
    java_flags = "".join(_flag(flag, pattern) for flag in flags if flag != "g") + ("d" if has_dot else "")
    return (f"(?{java_flags})" if java_flags else "") + "".join(written)


def lead(flags: str, pattern: str) -> str:
    """What stands before a pattern that is not known yet, for Java to read it with these flags."""
    java_flags = "".join(_flag(flag, pattern) for flag in flags if flag != "g")
    return f"(?{java_flags})" if java_flags else ""


def _flag(flag: str, pattern: str) -> str:
    if flag not in _FLAGS:
        raise UnknownConstruct(f"Flag {flag} of the pattern {pattern}: known are i, s, c and g.")
    return _FLAGS[flag]


def _escape(escaped: str, *, in_class: bool) -> str:
    if escaped == "\\b" and not in_class:
        return _BORDER
    if escaped == "\\B":
        return _NO_BORDER
    if escaped == "\\C":
        raise UnknownConstruct("\\C in a pattern: a single byte, which Java does not know.")
    return escaped


def _in_class(pattern: str, place: int) -> tuple[str, bool, int]:
    """What stands inside of brackets: the text for Java, whether the class goes on, and where."""
    char = pattern[place]
    named = re.match(r"\[:(\^?)(alpha|digit|alnum|upper|lower|punct|space|word):\]", pattern[place:])
    if named:
        kind = {"word": "w", "space": "s", "digit": "d"}.get(named[2])
        letter = kind or f"p{{{named[2].capitalize()}}}"
        text = f"\\{letter}" if not named[1] else f"\\{letter[0].upper()}{letter[1:]}"
        return text, True, place + named.end()
    if char == "[" or pattern.startswith("&&", place):
        return "\\" + char, True, place + 1
    return char, char != "]", place + 1


def groups(pattern: str) -> int:
    """How many groups a pattern has."""
    return re.compile(re.sub(r"\\p[LNPSZM]|\\p\{\w+\}", "a", pattern).replace("\\z", "$")).groups


def is_anchored(pattern: str) -> bool:
    """Whether a pattern can match once at most, at the beginning of the text."""
    depth = 0
    plain = re.sub(r"\\.|\[\^?\]?[^\]]*\]", "a", pattern)
    for char in plain:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "|" and depth == 0:
            return False
    return plain.startswith("^")


def replacement(text: str, shift: int = 0) -> str:
    """What replaces a match: groups are \\1 in RE2 and $1 in Java. `shift`: how many groups come before."""

    def one(found: re.Match[str]) -> str:
        if found[1] is not None:
            return f"${int(found[1]) + shift}"
        return "\\$" if found[0] == "$" else "\\\\"

    return re.sub(r"\\([0-9])|\\\\|\$|\\", one, text)
