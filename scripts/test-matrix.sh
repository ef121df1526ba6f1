#!/usr/bin/env bash
# Runs the acceptance tests on several CLIs, one after the other, and prints the results and the skipped tests with the
# reasons for each.
#
#   test-matrix.sh terraform pinned      values of CLI (see terraform-cli.sh), or paths of terraform or tofu
#
# If one CLI fails, the others still run, and the script fails at the end.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
export TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# skipped prints the skipped tests by reason, from the output of go test -json.
skipped() {
  awk '
    function value(key) {
      if (!match($0, "\"" key "\":\"([^\"\\\\]|\\\\.)*\"")) return ""
      return substr($0, RSTART + length(key) + 4, RLENGTH - length(key) - 5)
    }
    { test = value("Test"); output = value("Output"); action = value("Action") }
    action == "output" && match(output, /[a-z_]+\.go:[0-9]+: /) {
      said[test] = substr(output, RSTART + RLENGTH)
      sub(/\\n$/, "", said[test])
    }
    action == "skip" && test != "" { tests[said[test]] = tests[said[test]] "\n  " test }
    END { for (reason in tests) print reason ":" tests[reason] }
  ' "$1"
}

failed=0
summary=()
for entry in "$@"; do
  case $entry in
  */*) export CLI='' TF_ACC_TERRAFORM_PATH="$entry" ;;
  *) export CLI="$entry" TF_ACC_TERRAFORM_PATH='' ;;
  esac
  if ! cli=$(scripts/terraform-cli.sh); then
    summary+=("$entry: CLI not found")
    failed=1
    continue
  fi
  version=$("$cli" version | head -n 1)
  printf '\n=== %s\n\n' "$version"
  start=$SECONDS
  outcome=passed
  if ! make --no-print-directory testacc TESTARGS='-count=1 -json' >"$tmp/log"; then
    outcome=FAILED failed=1
    # The output of failed tests and of the compiler.
    awk -F '"Output":"' '/"Action":"(output|build-output)"/ { sub(/"}$/, "", $2); gsub(/\\n$/, "", $2); gsub(/\\"/, "\"", $2); gsub(/\\t/, "\t", $2)
      if ($2 !~ /^ *(=== |--- (PASS|SKIP))/) print $2 }' "$tmp/log"
  fi
  skipped "$tmp/log"
  summary+=("$version: $outcome in $((SECONDS - start)) s; $(grep -c '"Action":"pass".*"Test":' "$tmp/log") tests passed, $(
    grep -c '"Action":"skip".*"Test":' "$tmp/log") skipped")
done

printf '\n=== Summary\n\n'
printf '%s\n' "${summary[@]}"
exit $failed
