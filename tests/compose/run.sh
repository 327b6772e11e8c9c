#!/usr/bin/env bash
# docker-compose.yml with COMPOSE_PROFILES=scale, for real: exports in, a published version out, a worker killed in the
# middle of a task, the scheduler, the writer in the middle of a build and Redis killed, too, and every number as a plain local
# run has it. Prints a table of figures. Half an hour on two busy cores, the first time ten minutes more for the images.
#
#   tests/compose/run.sh [--objects] [--keep] [--purge]
#
# --objects has archive, raw layer and versions in an S3 server beside the services, too, and restores a home from it.
# --keep leaves the services running at the end; --purge removes the cache of images (.cache/compose) and ends.
# Uses the docker that answers. If none does, it starts Debian's dockerd (root; apt-get install docker.io) with all its
# files in the cache, and stops it again. Ends only what it started.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$HERE/../.."
CACHE=${COMPOSE_TEST_CACHE:-$PWD/.cache/compose}
PROJECT=funnelhouse-scale-test
KEEP='' PURGE='' OBJECTS=''
for argument in "$@"; do
    case $argument in
        --keep) KEEP=yes ;;
        --objects) OBJECTS=yes ;;
        --purge) PURGE=yes ;;
        *) sed -n 2,12p "${BASH_SOURCE[0]}"; exit 2 ;;
    esac
done

say() { echo "[$SECONDS s] $*" >&2; }
need() { command -v "$1" >/dev/null || { echo "$1 is missing: apt-get install $2" >&2; exit 1; }; }
# shellcheck source=tests/compose/images.sh
. "$HERE/images.sh"
# shellcheck source=tests/compose/daemon.sh
. "$HERE/daemon.sh"

if [ -n "$PURGE" ]; then
    rm -rf "$CACHE"
    exit
fi

mkdir -p "$CACHE"
exec 9>"$CACHE/lock"
flock -n 9 || { echo "another run of this script uses $CACHE" >&2; exit 1; }
WORK=$(mktemp -d "$CACHE/run.XXXXXX")

finish() {
    local code=$?
    trap - EXIT INT TERM
    if [ "$code" != 0 ] && [ -f "$WORK/env" ]; then
        compose logs --no-color --timestamps >"$CACHE/failed.log" 2>&1 || true
        say "failed; logs of all services: $CACHE/failed.log"
    fi
    if [ -n "$KEEP" ] && [ -f "$WORK/env" ]; then
        say "kept: DOCKER_HOST=${DOCKER_HOST:-} ${COMPOSE[*]} -p $PROJECT --env-file $WORK/env"
        exit "$code"
    fi
    [ ! -f "$WORK/env" ] || compose down --volumes --remove-orphans --timeout 5 >/dev/null 2>&1 || true
    stop_daemon
    rm -rf "$WORK"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

compose() { "${COMPOSE[@]}" -p "$PROJECT" --env-file "$WORK/env" -f docker-compose.yml -f "$HERE/override.yml" ${OBJECTS:+-f "$HERE/objects.yml"} "$@"; }

EXTRAS='' ./bootstrap.sh
find_docker
find_compose
base_images

mkdir -p "$WORK/exports"
chmod 755 "$WORK" "$WORK/exports"
cat >"$WORK/env" <<END
COMPOSE_PROFILES=scale
POSTGRES_PASSWORD=$(openssl rand -hex 24)
REDIS_PASSWORD=$(openssl rand -hex 24)
JWT_SECRET=$(openssl rand -hex 32)
FERNET_KEY=$(openssl rand -base64 32 | tr +/ -_)
FUNNELHOUSE_PII_KEY=$(openssl rand -hex 32)
FUNNELHOUSE_INBOX=$WORK/exports
PYTHON_IMAGE=$PYTHON_IMAGE
POSTGRES_IMAGE=$POSTGRES_IMAGE
REDIS_IMAGE=$REDIS_IMAGE
END

if [ -n "$OBJECTS" ]; then
    key=$(openssl rand -hex 10) secret=$(openssl rand -hex 20)
    mkdir -p "$WORK/s3"
    .venv/bin/python -c 'import sys, pathlib; from tests.objects.server import installed; installed(pathlib.Path(sys.argv[1]))' "$WORK/s3/program"
    chmod 777 "$WORK/s3"  # the server runs as the image's user
    cat >>"$WORK/env" <<END
S3_KEY=$key
S3_SECRET=$secret
S3_FOLDER=$WORK/s3
FUNNELHOUSE_ARCHIVE_URL=s3://store@funnelhouse/house/archive
FUNNELHOUSE_RAW_URL=s3://store@funnelhouse/house/raw
FUNNELHOUSE_PUBLISHED_URL=s3://store@funnelhouse/house/published
AIRFLOW_CONN_STORE='{"conn_type": "aws", "login": "$key", "password": "$secret", "extra": {"endpoint_url": "http://s3:8333", "region_name": "us-east-1"}}'
END
fi

# What an earlier run with --keep left.
compose down --volumes --remove-orphans --timeout 5 >/dev/null 2>&1

say "building the images"
# One service, since all have the same image.
compose build --quiet init >"$CACHE/build.log" 2>&1 || {
    tail -40 "$CACHE/build.log" >&2
    exit 1
}
say "bringing the services up"
started=$SECONDS
compose up -d --wait --wait-timeout 600 >"$CACHE/up.log" 2>&1 || { tail -40 "$CACHE/up.log" >&2; exit 1; }
healthy=$((SECONDS - started))
say "all services healthy after $healthy s"
.venv/bin/python -m tests.compose.drive --work "$WORK" --project "$PROJECT" --compose "${COMPOSE[*]}" --brought-up "$healthy" ${OBJECTS:+--objects}
