#!/bin/sh
# make bundle: all that a machine without a network needs, in one archive: the code as committed,
# every pinned wheel (PostgreSQL and caddy too), and a MANIFEST with the SHA-256 of each file. The
# wheels are those for the Python and the kind of machine on which this runs.
set -eu
cd "$(dirname "$0")/../.."
out=${1:-dist}
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
commit=$(git rev-parse --short=12 HEAD)
name=carestation-$version-$commit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$work/$name

mkdir -p "$top/code" "$top/wheels" "$out"
git archive HEAD | tar -x -C "$top/code"
.venv/bin/python -m pip --quiet --quiet --disable-pip-version-check download --only-binary=:all: \
    --require-hashes --requirement "$top/code/requirements/run.txt" --dest "$top/wheels"
cp "$top/code/deploy/bundle/install.sh" "$top/install"
echo "$version-$commit" >"$top/VERSION"
(cd "$top" && find . -type f ! -name MANIFEST | LC_ALL=C sort | xargs -d '\n' sha256sum >MANIFEST)

# The same commit makes the same bytes.
when=$(git log -1 --format=%cI)
tar -C "$work" --sort=name --mtime="$when" --owner=0 --group=0 --numeric-owner -cf - "$name" \
    | gzip -n -6 >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" | tee "$name.tar.gz.sha256")
