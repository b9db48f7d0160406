#!/bin/sh
# Installs this bundle without a network: ./install [FOLDER], /opt/carestation if none is named.
# It lies then in a folder of its own version; `current` points at it. Earlier versions stay, and
# what runs goes on until it is started again.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
base=${1:-/opt/carestation}
python=${PYTHON:-python3}

cd "$here"
if ! sha256sum --quiet --strict --check MANIFEST >&2 \
    || [ "$(find . -type f ! -name MANIFEST | wc -l)" != "$(wc -l <MANIFEST)" ]; then
    echo "This is not the bundle that was made: a file differs, is missing, or is too many." >&2
    exit 1
fi
version=$(cat VERSION)
to=$base/$version
if [ -e "$to" ]; then
    echo "$to is there already." >&2
    exit 1
fi

mkdir -p "$base"
cp -r code "$to"
"$python" -m venv "$to/.venv"
pip="$to/.venv/bin/python -m pip --quiet --quiet --disable-pip-version-check install --no-index"
$pip --find-links wheels --require-hashes --requirement "$to/requirements/run.txt"
$pip --no-deps --no-build-isolation --editable "$to"
ln -sfn "$version" "$base/current"
echo "Installed: $base/current/.venv/bin/carestation"
