#!/usr/bin/env bash
# Create or refresh .venv from requirements.lock. Needs python3 with venv or pip; a second call is a stamp check.
# EXTRAS="spark" adds the packages of spark.lock, and so on; they stay until .venv is made anew.
# DUCKDB=2.0.0 exchanges the DuckDB of the lock for another release (for `make test DUCKDB=2.0.0`).
set -euo pipefail
cd "$(dirname "$0")"
PYTHON="${PYTHON:-python3}"
DUCKDB="${DUCKDB:-}"
EXTRAS="${EXTRAS:-}"
VENV=.venv

version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || {
    echo "No working '$PYTHON' found. Install Python 3.11, 3.12 or 3.13, or name one: make run PYTHON=/path/to/python3.12" >&2
    exit 1
}
case "$version" in
    3.11|3.12|3.13) ;;
    *) echo "'$PYTHON' is Python $version; Funnelhouse needs 3.11, 3.12 or 3.13. Name another: make run PYTHON=python3.12" >&2; exit 1 ;;
esac

for extra in $EXTRAS; do
    [ -f "$extra.lock" ] || { echo "EXTRAS: there is no $extra.lock. Known: $(ls ./*.lock | sed -E 's|./(.*).lock|\1|' | grep -vE 'requirements|charts' | xargs)" >&2; exit 1; }
done
uv_version=$(sed -nE 's/^uv==([0-9.]+).*/\1/p' requirements.lock)
tools=.cache/uv-$uv_version-$version
uv="$tools/bin/uv"

add_extras() {
    for extra in $EXTRAS; do
        sum=$(sha256sum "$extra.lock")
        [ "$(cat "$VENV/.extra-$extra" 2>/dev/null)" = "$sum" ] && continue
        echo "Adding the packages of $extra.lock to $VENV ..." >&2
        # The environment's own uv: an image is made without the folder of tools.
        "$VENV/bin/uv" pip install -q --python "$VENV/bin/python" --require-hashes --compile-bytecode -r "$extra.lock"
        echo "$sum" > "$VENV/.extra-$extra"
    done
}

stamp="$(sha256sum requirements.lock charts.lock pyproject.toml bootstrap.sh | sha256sum | cut -c1-16) $version ${DUCKDB:-locked}"
if [ -x "$VENV/bin/funnelhouse" ] && [ "$(cat "$VENV/.stamp" 2>/dev/null)" = "$stamp" ] && "$VENV/bin/python" -c '' 2>/dev/null; then
    add_extras
    exit 0
fi

echo "Setting up $VENV (Python $version, once; about a minute) ..." >&2
started=$SECONDS
rm -f "$VENV/.stamp"
mkdir -p .cache
if [ ! -x "$tools/bin/uv" ]; then
    rm -rf "$tools"
    # Debian's python3 may come without ensurepip or without pip: either one is enough.
    if "$PYTHON" -m venv "$tools" >/dev/null 2>&1; then
        "$tools/bin/python" -m pip install -q --disable-pip-version-check "uv==$uv_version"
    elif "$PYTHON" -m pip --version >/dev/null 2>&1; then
        rm -rf "$tools"
        "$PYTHON" -m pip install -q --disable-pip-version-check --target "$tools" "uv==$uv_version"
    else
        echo "'$PYTHON' has neither venv nor pip. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi

"$uv" venv -q --clear --python "$("$PYTHON" -c 'import sys; print(sys.executable)')" "$VENV"
"$uv" pip sync -q --python "$VENV/bin/python" --require-hashes --compile-bytecode requirements.lock
if [ -n "$DUCKDB" ]; then
    # --no-config: the constraint of pyproject.toml pins the DuckDB of the lock, which this exchanges.
    "$uv" pip install -q --no-config --python "$VENV/bin/python" --compile-bytecode "duckdb==$DUCKDB"
fi
"$uv" pip install -q --python "$VENV/bin/python" --no-deps --no-build-isolation -e .
# The pages draw with ECharts. Of the package that carries it only that one file is kept; licence and version stand in it.
charts=.cache/charts-$$
rm -rf .cache/charts-*
"$uv" pip install -q --python "$VENV/bin/python" --target "$charts" --no-deps --only-binary :all: --require-hashes -r charts.lock
install -D -m 644 "$charts"/panel/dist/bundled/echarts/echarts@*/dist/echarts.min.js "$VENV/share/funnelhouse/echarts.min.js"
rm -rf "$charts"
echo "$stamp" > "$VENV/.stamp"
echo "Environment ready after $((SECONDS - started)) s." >&2
add_extras
