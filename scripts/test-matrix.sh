#!/usr/bin/env bash
# Runs the acceptance tests on one CLI after the other, and says for each what passed, and what was skipped and why.
#
#   test-matrix.sh terraform pinned      what CLI= in terraform-cli.sh takes, or the path of a terraform or tofu
#
# All of them run, even after one has failed; any failure fails the whole.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

failed=0
summary=()
for entry in "$@"; do
  case $entry in
  */*) export CLI='' TF_ACC_TERRAFORM_PATH="$entry" ;;
  *) export CLI="$entry" TF_ACC_TERRAFORM_PATH='' ;;
  esac
  if ! cli=$(scripts/terraform-cli.sh); then
    summary+=("$entry: there is no such CLI")
    failed=1
    continue
  fi
  version=$("$cli" version | head -n 1)
  printf '\n=== %s\n\n' "$version"
  start=$SECONDS
  outcome=passed
  if ! make --no-print-directory testacc TESTARGS='-count=1 -v' >"$tmp/log" 2>&1; then
    outcome=FAILED failed=1
    grep -vE '^ *(=== |--- (PASS|SKIP))' "$tmp/log"
  fi
  passed=$(grep -c '^ *--- PASS' "$tmp/log")
  skipped=$(grep -c '^ *--- SKIP' "$tmp/log")
  # A skipped test's reason is the line after its name.
  grep -A1 '^ *--- SKIP' "$tmp/log" | grep -v '^--$' | sed 's/^ *//'
  summary+=("$version: $outcome in $((SECONDS - start)) s; $passed passed, $skipped skipped")
done

printf '\n=== Summary\n\n'
printf '%s\n' "${summary[@]}"
exit $failed
