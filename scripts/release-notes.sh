#!/bin/sh
# Prints what CHANGELOG.md says about a version, such as v1.2.3. A version that is not there is an error; a prerelease
# is described by what is unreleased.
set -eu
cd "$(dirname "$0")/.."

version=${1:?usage: release-notes.sh VERSION}
version=${version#v}
case $version in *-*) version=Unreleased ;; esac

notes=$(awk -v version="$version" '
  /^## / { inside = ($2 == version || $2 == "[" version "]"); next }
  inside
' CHANGELOG.md)
if [ -z "$(printf '%s' "$notes" | tr -d '[:space:]')" ]; then
  echo "release-notes: CHANGELOG.md says nothing about $version" >&2
  exit 1
fi
printf '%s\n' "$notes"
