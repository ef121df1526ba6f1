#!/usr/bin/env bash
# Builds a release of the last commit in the same way as the release workflow, with a temporary key, and uses it in the
# same way as users do: verifies the signatures and the checksums, puts the archive into a filesystem mirror, and runs
# terraform init, plan, apply and destroy with it, against the released development AuthService.
# It needs Go, git, gpg, unzip and sha256sum. It builds only for this platform; with ALL=1, for all platforms.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "release-check: $*" >&2
  exit 1
}
heading() {
  printf '\n=== %s\n\n' "$*"
}

for program in git gpg unzip sha256sum; do
  command -v "$program" >/dev/null || fail "$program is required, but not on PATH"
done
cli=$(scripts/terraform-cli.sh)
case $cli in /*) ;; *) cli=$PWD/$cli ;; esac
[ -z "$(git status --porcelain)" ] || echo 'release-check: the release does not contain uncommitted changes' >&2

# Settings of the developer or of make must not affect the release.
for variable in MAKEFLAGS MFLAGS MAKELEVEL GOFLAGS $(compgen -e | grep -E '^(TF|TOFU|KAMIWAZA|AUTHSERVER)_' || true); do
  unset "$variable"
done

server=
tmp=$(mktemp -d)
clean_up() {
  trap '' HUP INT TERM
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  gpgconf --kill all 2>/dev/null || true
  rm -rf "$tmp"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

heading 'Check the configuration of the release'
git clone --quiet --no-hardlinks . "$tmp/source"
cd "$tmp/source"
tool() { go tool -modfile=tools/release/go.mod "$@"; }
tool goreleaser check

heading 'Generate a temporary key'
export GNUPGHOME="$tmp/gnupg"
mkdir -m 700 "$GNUPGHOME"
# The Registry requires an RSA key.
gpg --batch --quiet --passphrase '' --quick-generate-key 'Release Check <release-check@example.com>' rsa3072 sign 1d
GPG_FINGERPRINT=$(gpg --batch --with-colons --list-keys | awk -F: '$1 == "fpr" { print $10; exit }')
export GPG_FINGERPRINT

heading 'Build a snapshot'
os=$(go env GOOS) arch=$(go env GOARCH)
if [ -z "${ALL:-}" ]; then
  sed -e "s/goos: &goos .*/goos: \&goos [$os]/" -e "s/goarch: &goarch .*/goarch: \&goarch [\"$arch\"]/" .goreleaser.yml >"$tmp/goreleaser.yml"
else
  cp .goreleaser.yml "$tmp/goreleaser.yml"
fi
tool goreleaser release --snapshot --clean --config "$tmp/goreleaser.yml"
cd dist
# A name such as terraform-provider-kamiwaza_0.1.1-snapshot_linux_amd64.zip.
archive=$(ls terraform-provider-kamiwaza_*_"${os}_$arch".zip)
version=${archive#terraform-provider-kamiwaza_} version=${version%"_${os}_$arch.zip"}
ls -1 ./*.zip ./*SHA256SUMS* ./*.cdx.json* ./*.sig 2>/dev/null | sort -u

heading 'Verify the signatures and the checksums'
sums=terraform-provider-kamiwaza_${version}_SHA256SUMS
gpg --batch --quiet --verify "$sums.sig" "$sums"
for program in authserver kamiwaza-access; do
  gpg --batch --quiet --verify "${program}_${version}_${os}_$arch.zip.sig" "${program}_${version}_${os}_$arch.zip"
done
# In the repository, the manifest has a different name than in the checksums.
cp ../terraform-registry-manifest.json "terraform-provider-kamiwaza_${version}_manifest.json"
sha256sum --check --strict "$sums"
grep -q "  $archive\$" "$sums" || fail "$sums does not contain $archive"
grep -q "_manifest.json\$" "$sums" || fail "$sums does not contain the manifest"
if grep -Eq 'authserver|kamiwaza-access' "$sums"; then fail "$sums contains other programs, which the Registry does not expect"; fi
for sbom in ./*.cdx.json; do
  gpg --batch --quiet --verify "$sbom.sig" "$sbom"
  grep -q '"bomFormat": "CycloneDX"' "$sbom" || fail "$sbom is not an SBOM"
  grep -q '"name": "golang.org/x/' "$sbom" || fail "$sbom does not contain modules"
done
cd ..

heading 'Check that the build is reproducible'
unzip -q -d "$tmp/provider" "dist/$archive"
for program in authserver kamiwaza-access; do
  unzip -q -d "$tmp/$program" "dist/${program}_${version}_${os}_$arch.zip"
done
elsewhere="$tmp/a much longer name for the same sources"
mkdir "$elsewhere"
git archive HEAD | tar -x -C "$elsewhere"
(
  cd "$elsewhere"
  export CGO_ENABLED=0
  go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$version" -o "$tmp/again/" .
  go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$version" -o "$tmp/again/" ./cmd/kamiwaza-access
  go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$tmp/again/" ./cmd/authserver
)
provider=$tmp/provider/terraform-provider-kamiwaza_v$version
cmp "$provider" "$tmp/again/terraform-provider-kamiwaza"
for program in authserver kamiwaza-access; do
  cmp "$tmp/$program/$program" "$tmp/again/$program"
done
sha256sum "$provider" "$tmp/authserver/authserver" "$tmp/kamiwaza-access/kamiwaza-access" | sed "s|$tmp/||"

heading 'Install it from a filesystem mirror'
mkdir "$tmp/stdout.d"
mkfifo "$tmp/stdout.d/fifo"
AUTHSERVER_ADMIN_PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export AUTHSERVER_ADMIN_PASSWORD
"$tmp/authserver/authserver" -listen 127.0.0.1:0 >"$tmp/stdout.d/fifo" 2>"$tmp/authserver.log" &
server=$!
read -r line <"$tmp/stdout.d/fifo" || fail "the AuthService did not start: $(cat "$tmp/authserver.log")"
echo "$line"

case $("$cli" version | head -n 1) in OpenTofu*) host=registry.opentofu.org ;; *) host=registry.terraform.io ;; esac
mkdir -p "$tmp/mirror/$host/kamiwaza-ai/kamiwaza"
cp "dist/$archive" "$tmp/mirror/$host/kamiwaza-ai/kamiwaza/"
cat >"$tmp/cli.tfrc" <<END
provider_installation {
  filesystem_mirror {
    path = "$tmp/mirror"
  }
}
END
export TF_CLI_CONFIG_FILE="$tmp/cli.tfrc" TF_INPUT=0 TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1 TF_CLI_ARGS=-no-color
export KAMIWAZA_BASE_URL="${line##* at }" KAMIWAZA_USERNAME=admin KAMIWAZA_PASSWORD="$AUTHSERVER_ADMIN_PASSWORD"
export TF_VAR_amara_password='correct horse battery staple'
cp -R examples/getting-started "$tmp/module"
cd "$tmp/module"
# A snapshot is a prerelease, which Terraform selects only if the constraint names it exactly.
sed -i.bak "s|source = \"kamiwaza-ai/kamiwaza\"|&\n      version = \"$version\"|" main.tf
"$cli" init
cmp "$provider" ".terraform/providers/$host/kamiwaza-ai/kamiwaza/$version/${os}_$arch/terraform-provider-kamiwaza_v$version"
PATH="$tmp/kamiwaza-access:$PATH"
"$cli" plan -out=release.tfplan
"$cli" show -json release.tfplan | kamiwaza-access review -
kamiwaza-access snapshot -quiet >before.json
"$cli" apply release.tfplan
"$cli" plan -detailed-exitcode
kamiwaza-access diff before.json
kamiwaza-access report
kamiwaza-access report -quiet -format=html >access.html
grep -q 'amara' access.html || fail 'the report lacks a user'
kamiwaza-access export "$tmp/exported"
"$cli" destroy -auto-approve
kamiwaza-access diff -exit-code before.json

heading "Summary ($SECONDS s): $archive is signed and reproducible, and works with $("$cli" version | head -n 1)"
