#!/bin/sh
# Prints the section of CHANGELOG.md for a version, such as v1.2.3. For a prerelease, it prints the section Unreleased.
# A missing section is an error.
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
  echo "release-notes: CHANGELOG.md has no entries for $version" >&2
  exit 1
fi
printf '%s\n' "$notes"
