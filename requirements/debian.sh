#!/bin/sh
# What comes from Debian, not from wheels. Installs it when it may, else says what to install.
#   debian.sh interpreter     say which Python is taken
#   debian.sh python PYTHON   a Python of 3.11 or later that can make a virtual environment
#   debian.sh readers         what reads the files of deploy/, for the tests on a machine of CI
#   debian.sh etcd FOLDER     etcd for a rehearsal, laid into a folder: installed it would serve
#   debian.sh booter          what lays a Debian into a folder and boots it, for a rehearsal
#   debian.sh browser STAMP   Chromium and the Noto CJK fonts, for the tests; STAMP: they are there
set -eu

install() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        log=$(mktemp)
        export DEBIAN_FRONTEND=noninteractive
        if apt-get update -qq >"$log" 2>&1 \
            && apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1; then
            rm -f "$log"
            return 0
        fi
        tail -5 "$log" >&2
        rm -f "$log"
    fi
    return 1
}

interpreter() {
    for one in /usr/bin/python3 python3; do
        fit='import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'
        if "$one" -c "$fit" 2>/dev/null; then
            echo "$one"
            return 0
        fi
    done
    echo python3
}

python() {
    if ! command -v "$1" >/dev/null; then
        install python3 python3-venv || true
    fi
    if ! "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "Python 3.11 or later is needed, also as: make PYTHON=/path/to/python3." >&2
        exit 1
    fi
    if ! "$1" -c 'import ensurepip, venv' 2>/dev/null; then
        install python3-venv || {
            echo "Install python3-venv: apt-get install -y python3-venv" >&2
            exit 1
        }
    fi
}

readers() {
    # Not on a machine that somebody uses: there they would begin to serve and to set the clock.
    install nginx-light nftables iproute2 procps chrony systemd openssl prometheus pgbouncer \
        || echo "Some tests of deploy/ are skipped; each says what it needs." >&2
}

etcd() {
    (
        cd "$1"
        apt-get download -qq etcd-server 2>/dev/null
        dpkg-deb --extract etcd-server_*.deb etcd
        rm -f etcd-server_*.deb
    ) || {
        echo "The rehearsal needs Debian's package etcd-server." >&2
        exit 1
    }
}

booter() {
    command -v debootstrap >/dev/null && command -v systemd-nspawn >/dev/null \
        || install debootstrap systemd-container || {
        echo "The rehearsal needs: apt-get install -y debootstrap systemd-container" >&2
        exit 1
    }
}

browser() {
    missing=""
    # Without a window it is a third less work; who may not install it tests with what is there.
    command -v chromium-headless-shell >/dev/null \
        || { [ "$(id -u)" != 0 ] && command -v chromium >/dev/null; } \
        || missing="chromium-headless-shell"
    find /usr/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts" 2>/dev/null \
        | grep -qiE 'noto.*cjk' || missing="$missing fonts-noto-cjk"
    # shellcheck disable=SC2086 # a list of names
    if [ -z "$missing" ] || install $missing; then
        touch "$1"
    else
        echo "The browser tests wait until this is installed: apt-get install -y $missing" >&2
    fi
}

"$@"
