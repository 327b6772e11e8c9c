"""Text of Spark with holes for parts of the tree, as a node of it.

The text itself is Spark's and stays as it is. The parts that fill its holes are still DuckDB's and are rewritten later.
"""

from __future__ import annotations

from sqlglot import exp


def spark(text: str, *parts: exp.Expr) -> exp.Anonymous:
    """`text` with its holes `{}` filled by `parts`, in order. What fills several holes is given as copies."""
    return exp.Anonymous(this=text, expressions=list(parts), written=True)


def is_written(node: exp.Expr) -> bool:
    """Whether a node is such a text."""
    return type(node) is exp.Anonymous and bool(node.args.get("written"))


def text(value: str) -> exp.Literal:
    """A text as a literal; the writer escapes it."""
    return exp.Literal.string(value)
