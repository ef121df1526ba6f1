#!/bin/sh
# Writes docs/ from the provider's schema, templates/ and examples/. With --check, it writes nothing and fails if docs/
# is stale.
#
# It always reads the schema with the pinned OpenTofu, because the output of "providers schema" depends on the CLI's
# version: Terraform before 1.12 leaves out resource identities.
set -eu

case $# in
0) check= ;;
1) check=$1 && [ "$check" = --check ] ;;
*) false ;;
esac || {
  echo "usage: $0 [--check]" >&2
  exit 2
}

cd "$(dirname "$0")/.."
tofu=$(CLI=pinned scripts/terraform-cli.sh)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# tfplugindocs looks the schema up under this address.
address=registry.terraform.io/hashicorp/kamiwaza
go build -o "$tmp/plugin/terraform-provider-kamiwaza" .
mkdir "$tmp/module"
cat >"$tmp/module/main.tf" <<EOF
terraform {
  required_providers {
    kamiwaza = {
      source = "$address"
    }
  }
}
EOF
cat >"$tmp/cli.tfrc" <<EOF
provider_installation {
  dev_overrides {
    "$address" = "$tmp/plugin"
  }
}
EOF
TF_CLI_CONFIG_FILE=$tmp/cli.tfrc "$tofu" -chdir="$tmp/module" providers schema -json >"$tmp/tofu.json"
go run ./scripts/addschemas <"$tmp/tofu.json" >"$tmp/schema.json"

dir=.
if [ -n "$check" ]; then
  dir=$tmp/check
  mkdir "$dir"
  for part in docs examples templates; do
    if [ -d "$part" ]; then cp -R "$part" "$dir/"; fi
  done
fi

# The output of tfplugindocs lists every step; it is shown only if a step fails.
tfplugindocs() {
  go tool -modfile=tools/go.mod tfplugindocs "$@" --provider-dir "$dir" --provider-name kamiwaza \
    --providers-schema "$tmp/schema.json" >"$tmp/log" 2>&1 || {
    cat "$tmp/log" >&2
    exit 1
  }
}
tfplugindocs generate --rendered-provider-name Kamiwaza
if [ -n "$check" ] && ! diff -ruN docs "$dir/docs"; then
  echo "docs: docs/ is stale; run 'make generate' and commit what it writes" >&2
  exit 1
fi
# A type that its template does not list has an empty subcategory, which is not allowed.
tfplugindocs validate --allowed-guide-subcategories Guides \
  --allowed-resource-subcategories 'Users,Groups,Roles and Rights,Assignments,Organizations,Grants,Workrooms,Single Sign-On,Subjects and Attributes,Auditing,Authentication'
