#!/bin/sh
# Prints the path of the Terraform-compatible CLI to use. The first match is used:
#
#   CLI=terraform          terraform from PATH
#   CLI=tofu               tofu from PATH, or else the pinned OpenTofu
#   CLI=pinned             the pinned OpenTofu, which is the same on every machine
#   TF_ACC_TERRAFORM_PATH  the program at this path
#   otherwise              terraform from PATH, or else as with CLI=tofu
#
# The pinned OpenTofu is built from its Go module (tools/opentofu/go.mod), once for each version, and stored in the
# user's cache directory. The build needs only Go, and takes some minutes on two cores.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)

fail() {
  echo "terraform-cli: $*" >&2
  exit 1
}

pinned() {
  module=github.com/opentofu/opentofu
  version=$(awk -v module="$module" '$1 == module { print $2 }' "$root/tools/opentofu/go.mod")
  dir=${XDG_CACHE_HOME:-${HOME:?}/.cache}/terraform-provider-kamiwaza
  tofu=$dir/tofu-$version
  if [ ! -x "$tofu" ]; then
    echo "terraform-cli: building OpenTofu $version from its Go module, once; this takes some minutes" >&2
    mkdir -p "$dir"
    # Builds may run in parallel or be interrupted, so the file gets its name when it is complete.
    part=$(mktemp "$dir/tofu.XXXXXX")
    trap 'rm -f "$part"' EXIT
    trap 'exit 1' HUP INT TERM
    go -C "$root/tools/opentofu" build -trimpath -ldflags "-s -w -X $module/version.dev=no" \
      -o "$part" "$module/cmd/tofu" >&2
    chmod 755 "$part"
    mv "$part" "$tofu"
  fi
  echo "$tofu"
}

case ${CLI:-} in
terraform) command -v terraform || fail "CLI=terraform, but terraform is not on PATH" ;;
tofu) command -v tofu || pinned ;;
pinned) pinned ;;
'')
  if [ -n "${TF_ACC_TERRAFORM_PATH:-}" ]; then
    if [ ! -f "$TF_ACC_TERRAFORM_PATH" ] || [ ! -x "$TF_ACC_TERRAFORM_PATH" ]; then
      fail "TF_ACC_TERRAFORM_PATH=$TF_ACC_TERRAFORM_PATH is not an executable file"
    fi
    echo "$TF_ACC_TERRAFORM_PATH"
  else
    command -v terraform || command -v tofu || pinned
  fi
  ;;
*) fail "CLI=$CLI is not valid: use terraform, tofu or pinned" ;;
esac
