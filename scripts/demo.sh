#!/usr/bin/env bash
# Runs a demo of the provider: builds it, starts the development AuthService on a free port, and creates, changes,
# repairs, imports and destroys examples/demo with Terraform or OpenTofu (see terraform-cli.sh). An unexpected result
# is an error. The demo runs in a temporary directory and only changes bin/. With API=gateway, it shows the gateway API of
# platform 0.7 and later with examples/gateway. With ADOPT=1, it shows how a company that exists already comes under Terraform.
set -eu

api=${API:-rbac}
case $api in
rbac) example=demo ;;
gateway) example=gateway ;;
*)
  echo "demo: API must be rbac or gateway, not $api" >&2
  exit 1
  ;;
esac

fail() {
  echo "demo: $*" >&2
  exit 1
}

cd "$(dirname "$0")/.."
root=$PWD
cli=$(scripts/terraform-cli.sh)
case $cli in /*) ;; *) cli=$PWD/$cli ;; esac

# Settings of the developer or of make must not affect the demo.
for variable in MAKEFLAGS MFLAGS MAKELEVEL $(awk 'BEGIN {
  for (name in ENVIRON) if (name ~ /^(TF|TOFU|KAMIWAZA|AUTHSERVER)_[A-Za-z0-9_]+$/) print name
}'); do
  unset "$variable"
done

server=
tmp=$(mktemp -d)
export TMPDIR="$tmp" # Interrupted commands may leave files behind.
clean_up() {
  trap '' HUP INT TERM
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$tmp"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

bold='' plain=''
if [ -t 1 ]; then
  bold=$(printf '\033[1m') plain=$(printf '\033[0m')
else
  export TF_CLI_ARGS=-no-color
fi

heading() {
  printf '\n%s=== %s%s\n' "$bold" "$*" "$plain"
}

# quote prints the words of a command, quoted for the shell.
quote() {
  local word
  for word; do
    case $word in
    *[!A-Za-z0-9_./:=-]*) printf " '%s'" "$word" ;;
    *) printf ' %s' "$word" ;;
    esac
  done
}

announce() {
  printf '\n%s$ %s%s\n' "$bold" "$*" "$plain"
}

# tf runs the CLI, which must end with the given exit code. It prints the lines that match $keep, or all lines without
# the noise if $keep is empty. With another exit code, it prints all output and fails.
keep=
noise=': (Refreshing state|Creating|Modifying|Destroying)[.][.][.]|Import prepared!|Prepared .* for import'
noise="$noise|^The resources that were imported|^your .* state and will henceforth be managed"
noise="$noise|run .* without -compact-warnings|Saved the plan to:"
tf() {
  local expected=$1 code=0
  shift
  announce "$name$(quote "$@")"
  "$cli" "$@" >"$tmp/log" 2>&1 || code=$?
  if [ "$code" -ne "$expected" ]; then
    cat "$tmp/log"
    fail "$name $1 ended with exit code $code instead of $expected"
  fi
  awk -v keep="$keep" -v noise="$noise" '
    { text = $0; gsub(/\033\[[0-9;]*m/, "", text) }
    (keep != "" && text !~ keep) || text ~ noise { next }
    text ~ /^ *$/ { gap = "\n"; next }
    { print (begun ? gap : "") $0 (text == $0 ? "" : "\033[0m"); begun = 1; gap = "" }' "$tmp/log"
}

# id prints the id of a resource in the state.
id() {
  "$cli" state show -no-color "$1" | awk '$1 == "id" { gsub(/"/, "", $3); print $3 }'
}

# call sends a request to the AuthService, to make a change outside Terraform. It uses only bash, so that the demo needs
# no HTTP client.
call() {
  local method=$1 path=$2 content=${3:-} response status
  exec 3<>"/dev/tcp/${address/://}"
  printf '%s\r\n' "$method /api$path HTTP/1.0" "Host: $address" "Authorization: Bearer $AUTHSERVER_API_KEY" \
    'Content-Type: application/json' "Content-Length: ${#content}" '' >&3
  printf '%s' "$content" >&3
  response=$(cat <&3)
  exec 3>&-
  status=${response#* } status=${status%% *}
  body=${response#*$'\r\n\r\n'}
  echo "$method $path${content:+ $content} -> $status"
  case $status in 200 | 201 | 204) ;; *) fail "the AuthService answered: $body" ;; esac
}

random() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

heading 'Build the provider and the development AuthService'
announce "make install$(quote "PLUGINS=$tmp/plugins")"
make --no-print-directory install "PLUGINS=$tmp/plugins"

heading 'Start the AuthService'
AUTHSERVER_ADMIN_PASSWORD=$(random)
AUTHSERVER_API_KEY=$(random)
export AUTHSERVER_ADMIN_PASSWORD AUTHSERVER_API_KEY
mkfifo "$tmp/stdout"
announce bin/authserver -api "$api" -listen 127.0.0.1:0
bin/authserver -api "$api" -listen 127.0.0.1:0 >"$tmp/stdout" 2>"$tmp/authserver.log" &
server=$!
if ! read -r line <"$tmp/stdout"; then
  cat "$tmp/authserver.log" >&2
  fail 'the AuthService did not start'
fi
echo "$line"
url=${line##* at }
address=${url#http://} address=${address%/api}

version=$("$cli" version 2>/dev/null | head -n 1)
case $version in OpenTofu*) name=tofu ;; *) name=terraform ;; esac
cat >"$tmp/cli.tfrc" <<END
provider_installation {
  filesystem_mirror {
    path = "$tmp/plugins"
  }
}
END
export TF_CLI_CONFIG_FILE="$tmp/cli.tfrc" TF_INPUT=0 TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
export KAMIWAZA_BASE_URL="$url" KAMIWAZA_USERNAME=admin KAMIWAZA_PASSWORD="$AUTHSERVER_ADMIN_PASSWORD"
export KAMIWAZA_MAX_RETRIES=0 # Ctrl-C also stops the AuthService; Terraform must not wait for it.
TF_VAR_password_seed=$(random)
export TF_VAR_password_seed
cp -R "examples/$example" "$tmp/demo"
cd "$tmp/demo"

heading "Initialize a copy of examples/$example, with $version"
keep='Install|initialized' tf 0 init

heading 'Create a company (the output shows only the addresses)'
keep='will be created|Plan:' tf 0 plan -out=create.tfplan
keep='Apply complete!' tf 0 apply create.tfplan
objects=$("$cli" state list | wc -l)

heading 'Plan again: no changes'
tf 0 plan -detailed-exitcode

heading 'Check that the state contains no passwords'
announce "grep -E '\"password(_wo)?\":' terraform.tfstate | sort | uniq -c"
grep -E '"password(_wo)?":' terraform.tfstate | sort | uniq -c
if grep -E '"password(_wo)?":' terraform.tfstate | grep -qv 'null'; then fail 'the state contains a password'; fi

# attribute prints an attribute of a resource in the state.
attribute() {
  "$cli" state show -no-color "$1" | awk -v name="$2" '$1 == name { gsub(/"/, "", $3); print $3 }'
}

if [ -n "${ADOPT:-}" ]; then
  heading 'Forget the configuration and the state: from now on, the company is one that nobody has written down'
  cd "$tmp"
  rm -rf demo

  heading 'Export it'
  announce kamiwaza-access export access
  "$root/bin/kamiwaza-access" export access
  cd access
  announce ls
  ls

  heading 'Plan: everything is imported, and nothing changes'
  keep='Install|initialized' tf 0 init
  keep='Plan:' tf 0 plan -out=import.tfplan
  grep -Eq 'Plan: [0-9]+ to import, 0 to add, 0 to change, 0 to destroy' "$tmp/log" || fail 'the plan changes something'
  if grep -q 'Warning' "$tmp/log"; then fail 'the plan has a warning'; fi
  keep='Apply complete!' tf 0 apply import.tfplan

  heading 'The import blocks have done their work'
  announce rm imports.tf
  rm imports.tf
  tf 0 plan -detailed-exitcode

  heading 'What does Terraform not manage? Nothing'
  announce 'terraform show -json | kamiwaza-access export -list -quiet -managed=-'
  "$cli" show -json | "$root/bin/kamiwaza-access" export -list -quiet -managed=-

  heading "Summary: $("$cli" state list | wc -l) resources adopted in $SECONDS s"
  exit 0
fi

if [ "$api" = gateway ]; then
  heading 'Make changes outside Terraform'
  jonas=$(id 'kamiwaza_user.this["jonas"]')
  platform=$(id 'kamiwaza_group.this["platform"]')
  printf '\n# Make the intern an administrator.\n'
  call PUT "/auth/users/$jonas" '{"roles": ["viewer", "admin"]}'
  printf '\n# Add him to the group that runs the clusters.\n'
  call POST "/authz/groups/$platform/members" "{\"user_id\": \"$(attribute 'kamiwaza_user.this["jonas"]' subject_id)\"}"
  printf '\n# Remove Amara from it.\n'
  call DELETE "/authz/groups/$platform/members/$(attribute 'kamiwaza_user.this["amara"]' subject_id)"

  heading 'Plan: detect the drift'
  tf 2 plan -detailed-exitcode -compact-warnings -out=repair.tfplan

  heading 'Apply: repair the drift'
  tf 0 apply repair.tfplan
  tf 0 plan -detailed-exitcode

  heading 'Reset all passwords: a new version of the passwords'
  announce export TF_VAR_password_version=2
  export TF_VAR_password_version=2
  keep='will be updated|Plan:|Apply complete!' tf 0 apply -auto-approve

  heading 'Create a personal access token for a pipeline'
  cat >token.tf <<'END'
resource "kamiwaza_personal_access_token" "pipeline" {
  name          = "pipeline"
  scope         = "write"
  ttl_seconds   = 86400
  rotate_before = "1h"
}
END
  cat token.tf
  keep='will be created|token|Apply complete!' tf 0 apply -auto-approve

  heading 'Remove a user and a group from the state, and import them by name'
  tf 0 state rm 'kamiwaza_user.this["elif"]' 'kamiwaza_group.this["data-science"]'
  tf 0 import 'kamiwaza_user.this["elif"]' elif
  tf 0 import 'kamiwaza_group.this["data-science"]' data-science

  heading 'Apply: reset the password of the imported user, because the state does not contain its version'
  tf 0 apply -auto-approve -compact-warnings
  tf 0 plan -detailed-exitcode

  heading 'Destroy everything (users are locked before they are deleted)'
  keep='Destroy complete!' tf 0 destroy -auto-approve
  printf '\n# List the remaining users.\n'
  call GET /auth/users/
  usernames=$(grep -o '"username":"[^"]*"' <<<"$body")
  echo "$usernames"
  if [ "$usernames" != '"username":"admin"' ]; then fail 'not all users were destroyed'; fi

  heading "Summary ($SECONDS seconds, $version)"
  cat <<END

  Created $((objects)) objects. The next plan was empty, and the state contains no password.
  Changed the roles of a user and the members of a group outside Terraform. One apply repaired both.
  Reset the passwords of all users in place.
  Created a personal access token, and imported a user and a group by name.
  Destroyed all objects.
END
  exit 0
fi

heading 'Make changes outside Terraform'
jonas=$(id 'kamiwaza_user.this["jonas"]')
elif=$(id 'kamiwaza_user.this["elif"]')
science=$(id 'kamiwaza_group.this["data-science"]')
auditor=$(id 'kamiwaza_role.this["auditor"]')
audit_read=$(id 'kamiwaza_right.this["audit.read"]')
on_call=$(id kamiwaza_group.on_call)
printf '\n# Make the intern a superuser.\n'
call PUT "/auth/users/$jonas" '{"is_superuser": true}'
printf '\n# Remove Elif from her group.\n'
call DELETE "/auth/users/$elif/groups/$science"
printf '\n# Add the intern to the on-call group, whose members are managed as a whole set.\n'
call POST "/auth/users/$jonas/groups/$on_call"
printf '\n# Remove a right from its role, and delete it.\n'
call DELETE "/auth/roles/$auditor/rights/$audit_read"
call DELETE "/auth/rights/$audit_read"

heading 'Plan: detect the drift'
tf 2 plan -detailed-exitcode -compact-warnings -out=repair.tfplan

heading 'Apply: repair the drift'
tf 0 apply repair.tfplan
tf 0 plan -detailed-exitcode

heading 'Review the rights of a user'
cat >review.tf <<'END'
data "kamiwaza_user_access" "elif" {
  username = "elif"
}

output "elif_may" {
  value = [
    for grant in data.kamiwaza_user_access.elif.grants :
    "${grant.right_name}: ${join("; ", [for path in grant.paths : "${path.group_name} as ${path.role_name}"])}"
  ]
}
END
cat review.tf
tf 0 apply -auto-approve
rm review.tf

heading 'Remove a user and an assignment from the state, and import them by username and by id'
assignment=$(id 'kamiwaza_role_right.this["auditor/audit.read"]')
tf 0 state rm 'kamiwaza_user.this["greta"]' 'kamiwaza_role_right.this["auditor/audit.read"]'
tf 0 import 'kamiwaza_user.this["greta"]' greta
tf 0 import 'kamiwaza_role_right.this["auditor/audit.read"]' "$assignment"

heading 'Apply: store the version of the password, which an import cannot read'
tf 0 apply -auto-approve -compact-warnings
tf 0 plan -detailed-exitcode

heading 'Destroy everything'
keep='Destroy complete!' tf 0 destroy -auto-approve
printf '\n# List the remaining users.\n'
call GET /auth/users/
usernames=$(grep -o '"username":"[^"]*"' <<<"$body")
echo "$usernames"
if [ "$usernames" != '"username":"admin"' ]; then fail 'not all users were destroyed'; fi

heading "Summary ($SECONDS seconds, $version)"
cat <<END

  Created $((objects)) objects. The next plan was empty, and the state contains no password.
  Changed a superuser flag, a membership, a whole set and a right outside Terraform. One apply repaired all of them.
  Listed the rights of a user, with the groups and roles that grant them.
  Imported a user by username and an assignment by id.
  Destroyed all objects.
END
