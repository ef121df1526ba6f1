#!/bin/sh
# Runs a command, such as "go test ./internal/provider", with the environment acceptance tests need:
# which Terraform-compatible CLI to drive (see terraform-cli.sh), and nothing of the user's own CLI settings.
set -eu

cli=$("$(dirname "$0")/terraform-cli.sh")
export TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1

version=$("$cli" version | head -n 1)
echo "acceptance: $version ($cli)" >&2
case $version in
# OpenTofu's default registry is its own. The test framework must serve the provider under that name,
# or OpenTofu would look for it on the network.
OpenTofu*) export TF_ACC_PROVIDER_HOST="${TF_ACC_PROVIDER_HOST:-registry.opentofu.org}" ;;
esac

export TF_ACC=1 TF_ACC_TERRAFORM_PATH="$cli"
exec "$@"
