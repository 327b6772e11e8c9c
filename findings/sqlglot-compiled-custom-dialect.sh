#!/usr/bin/env bash
# One would guess: sqlglot's C extension (pip install "sqlglot[c]") only makes it faster; a dialect of one's own, as its
#   README shows it (a class Generator(Generator) with TRANSFORMS inside of a class Custom(Dialect)), goes on to work.
# True: defining the class works and so does parsing, but the first text generated ends with "TypeError: interpreted
#   classes cannot inherit from compiled". It is the same for a class derived from a ready dialect's generator. Without
#   the extension the very same program prints its SQL.
# Version: sqlglot 30.30.0 with sqlglotc 30.30.0 (fails), sqlglot 30.30.0 alone (works).
# Why it matters here: the renderer of the models for Spark needs both, the speed and words of its own for some nodes. It
#   gives its handlers to one generator of sqlglot's in place of deriving from it, and a test holds it to that.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cat > "$folder/custom.py" <<'PY'
import sys

from sqlglot import __version__, exp, transpile
from sqlglot import generator as generators
from sqlglot.dialects.dialect import Dialect
from sqlglot.generator import Generator


class Custom(Dialect):
    class Generator(Generator):
        TRANSFORMS = {**Generator.TRANSFORMS, exp.Array: lambda self, e: f"[{self.expressions(e)}]"}


compiled = not generators.__file__.endswith(".py")
print("sqlglot", __version__, "compiled" if compiled else "plain")
try:
    said = transpile("select array(1, 2)", read="spark", write="custom")[0]
except TypeError as error:
    said = str(error)
print(said)
expected = "interpreted classes cannot inherit from compiled" if compiled else "SELECT [1, 2]"
assert (compiled, said) == (sys.argv[1] == "compiled", expected), "another behaviour than before"
PY
for kind in plain compiled; do
  python3 -m venv "$folder/$kind"
  packages=("sqlglot==30.30.0")
  [ "$kind" = plain ] || packages+=("sqlglotc==30.30.0")
  "$folder/$kind/bin/pip" install -q "${packages[@]}"
  "$folder/$kind/bin/python" "$folder/custom.py" "$kind"
done
