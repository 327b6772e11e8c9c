# The three images that come from elsewhere, and Compose; sourced by run.sh. Sets PYTHON_IMAGE, POSTGRES_IMAGE, REDIS_IMAGE.
#
# Where a registry answers, its images are taken. Where none does (a closed network with mirrors of Debian and the package
# index), stand-ins are made from Debian's packages and tagged as what they are. The certificates and package-index
# settings of this machine go into the stand-in, so that the project's Dockerfile needs none.

# One of them given by hand (PYTHON_IMAGE=...) is used as it is.
base_images() {
    local kind
    for kind in python:3.12-slim-bookworm postgres:17-alpine redis:7.2-alpine; do
        local variable=${kind%%:*}
        variable=${variable^^}_IMAGE
        if [ -z "${!variable:-}" ]; then
            if timeout 60 docker pull -q "$kind" >/dev/null 2>&1; then
                printf -v "$variable" %s "$(docker inspect --format '{{index .RepoDigests 0}}' "$kind")"
            else
                "stand_in_${kind%%:*}"
                printf -v "$variable" %s "$("tag_of_${kind%%:*}")"
            fi
        fi
        export "${variable?}"
        say "$variable=${!variable}"
    done
}

tag_of_python() { echo funnelhouse-stand-in/python:3.11-bookworm; }
tag_of_postgres() { echo funnelhouse-stand-in/postgres:15-bookworm; }
tag_of_redis() { echo funnelhouse-stand-in/redis:7.0-bookworm; }

stand_in_python() {
    docker image inspect "$(tag_of_python)" >/dev/null 2>&1 && return
    say "no registry answers: making $(tag_of_python) from Debian's packages"
    local root=$CACHE/rootfs
    if [ ! -f "$root.done" ]; then
        rm -rf "$root"
        need debootstrap debootstrap
        nice debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv bookworm "$root" >"$CACHE/debootstrap.log" 2>&1
        cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
        [ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"
        rm -rf "$root"/var/cache/apt/archives/*.deb
        touch "$root.done"
    fi
    # The image's own certificates, for pip, uv and whatever else speaks TLS in a build.
    local bundle=/etc/ssl/certs/ca-certificates.crt
    tar -C "$root" -c . | docker import --change "ENV SSL_CERT_FILE=$bundle REQUESTS_CA_BUNDLE=$bundle UV_SYSTEM_CERTS=1 LANG=C.UTF-8" \
        --change 'CMD ["python3"]' - "$(tag_of_python)" >/dev/null
}

# Both behave as the official images do: same user names, data folder and variables, as far as docker-compose.yml uses them.
stand_in_postgres() {
    docker image inspect "$(tag_of_postgres)" >/dev/null 2>&1 && return
    stand_in_python
    say "making $(tag_of_postgres)"
    nice docker build -q -t "$(tag_of_postgres)" --build-arg BASE="$(tag_of_python)" "$HERE/stand-in/postgres" >/dev/null
}

stand_in_redis() {
    docker image inspect "$(tag_of_redis)" >/dev/null 2>&1 && return
    stand_in_python
    say "making $(tag_of_redis)"
    nice docker build -q -t "$(tag_of_redis)" --build-arg BASE="$(tag_of_python)" "$HERE/stand-in/redis" >/dev/null
}
