#!/usr/bin/env bash
# Opens a shell in bin/sandbox in which terraform (or tofu) uses the provider built from this repository, with a
# separate development AuthService. The sandbox starts as a copy of examples/getting-started. The configuration, the
# state and the data of the AuthService are kept until "make clean". After "make build", the next command uses the new
# provider; no init is needed.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
cli=$(scripts/terraform-cli.sh)
case $cli in /*) ;; *) cli=$PWD/$cli ;; esac
for variable in MAKEFLAGS MFLAGS MAKELEVEL $(compgen -e | grep -E '^(TF|TOFU|KAMIWAZA|AUTHSERVER)_' || true); do
  unset "$variable"
done
make --no-print-directory build

sandbox=$root/bin/sandbox
mkdir -p "$sandbox/.sandbox"
[ -e "$sandbox/main.tf" ] || cp examples/getting-started/*.tf "$sandbox/"
case $("$cli" version 2>/dev/null | head -n 1) in OpenTofu*) name=tofu ;; *) name=terraform ;; esac
ln -sf "$cli" "$sandbox/.sandbox/$name"
cat >"$sandbox/.sandbox/cli.tfrc" <<END
provider_installation {
  dev_overrides {
    "kamiwaza-ai/kamiwaza" = "$root/bin"
  }
  direct {}
}
END

AUTHSERVER_ADMIN_PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export AUTHSERVER_ADMIN_PASSWORD
rm -f "$sandbox/.sandbox/ready"
mkfifo "$sandbox/.sandbox/ready"
bin/authserver -listen 127.0.0.1:0 -state "$sandbox/.sandbox/data.json" >"$sandbox/.sandbox/ready" 2>"$sandbox/authserver.log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
if ! read -r line <"$sandbox/.sandbox/ready"; then
  cat "$sandbox/authserver.log" >&2
  exit 1
fi

export KAMIWAZA_BASE_URL="${line##* at }" KAMIWAZA_USERNAME=admin KAMIWAZA_PASSWORD="$AUTHSERVER_ADMIN_PASSWORD"
export TF_CLI_CONFIG_FILE="$sandbox/.sandbox/cli.tfrc" CHECKPOINT_DISABLE=1 PATH="$sandbox/.sandbox:$PATH"
export TF_VAR_amara_password=only-in-the-sandbox
unset AUTHSERVER_ADMIN_PASSWORD
cd "$sandbox"
cat <<END

$line
You are in bin/sandbox. Run "$name apply", change the configuration, and run "$name apply" again. authserver.log contains the
requests that the server refused. To leave the sandbox, run "exit".

END
"${SHELL:-bash}" || true # The shell returns the status of its last command.
