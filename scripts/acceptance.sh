#!/bin/sh
# Runs a command, such as "go test ./internal/provider", with the environment that acceptance tests need: the CLI to
# test with (see terraform-cli.sh), and none of the user's CLI settings.
set -eu

cli=$("$(dirname "$0")/terraform-cli.sh")
export TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1

version=$("$cli" version | head -n 1)
echo "acceptance: $version ($cli)" >&2
case $version in
# OpenTofu has its own default registry. Unless the test framework serves the provider under that name, OpenTofu
# looks for it on the network.
OpenTofu*) export TF_ACC_PROVIDER_HOST="${TF_ACC_PROVIDER_HOST:-registry.opentofu.org}" ;;
esac

# The tests start the CLI and the provider thousands of times. Without most of their garbage collections, that takes a sixth less time.
export GOGC="${GOGC:-800}"

export TF_ACC=1 TF_ACC_TERRAFORM_PATH="$cli"
exec "$@"
