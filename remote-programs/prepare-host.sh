# Puts what gatebench needs on a fresh Debian 12: build tools from Debian, Node and Go from their makers, each archive
# checked against the checksum below: a server that was broken into can't send another one with a matching list.
# ROLE. Needs root, or sudo without a password, and does nothing twice.
#
#   all, gateway  everything
#   upstream      Node, which the mock runs on
#   load-N        the limits alone: k6 comes from the gateway's machine
set -eu
role=${1:-all}
case $role in
all | gateway) packages='ca-certificates curl xz-utils make gcc libc6-dev git openssh-client python3 python3-venv' node=yes go=yes ;;
upstream) packages='ca-certificates curl xz-utils' node=yes go='' ;;
load-*) packages='' node='' go='' ;;
*) echo "unknown role: $role" >&2 && exit 64 ;;
esac
GO=1.26.8
GO_SHA256_amd64=d0f743b33e8d8945e6b1f432edd15785c70507121d6e2a723b21285eddf8b57b
NODE=20.20.2
NODE_SHA256_x64=df770b2a6f130ed8627c9782c988fda9669fa23898329a61a871e32f965e007d

[ "$(uname -m)" = x86_64 ] || { echo "this prepares x86_64 machines, not $(uname -m): install Node 20.19+, Go 1.24+ and make yourself" >&2; exit 69; }
if [ "$(id -u)" = 0 ]; then sudo=''; else sudo='sudo -n'; fi

if [ -n "$packages" ]; then
  export DEBIAN_FRONTEND=noninteractive
  # A machine that has just started updates itself, and holds apt's locks while it does. `update` takes one that the
  # option leaves alone, so it is repeated.
  tries=30
  until $sudo apt-get -q -o DPkg::Lock::Timeout=300 update; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo 'apt-get update failed: see its last lines above' >&2; exit 75; }
    sleep 5
  done
  # shellcheck disable=SC2086 # several packages
  $sudo apt-get -qy -o DPkg::Lock::Timeout=300 --no-install-recommends install $packages
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

if [ -n "$node" ] && ! /usr/local/bin/node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
  curl -fsSLO "https://nodejs.org/dist/v$NODE/node-v$NODE-linux-x64.tar.xz"
  echo "$NODE_SHA256_x64  node-v$NODE-linux-x64.tar.xz" | sha256sum -c -
  $sudo tar -xJf "node-v$NODE-linux-x64.tar.xz" -C /usr/local --strip-components=1 --no-same-owner
fi

if [ -n "$go" ] && [ "$(/usr/local/go/bin/go env GOVERSION 2>/dev/null)" != "go$GO" ]; then
  curl -fsSLO "https://go.dev/dl/go$GO.linux-amd64.tar.gz"
  echo "$GO_SHA256_amd64  go$GO.linux-amd64.tar.gz" | sha256sum -c -
  $sudo rm -rf /usr/local/go
  $sudo tar -xzf "go$GO.linux-amd64.tar.gz" -C /usr/local --no-same-owner
  # A shell without a login finds only what is in /usr/local/bin.
  $sudo ln -sf /usr/local/go/bin/go /usr/local/go/bin/gofmt /usr/local/bin/
fi

# 1,000 VUs hold two sockets each in the gateway; Debian's limit for a login is 1,024.
if [ ! -f /etc/security/limits.d/gatebench.conf ]; then
  printf '* soft nofile 1048576\n* hard nofile 1048576\nroot soft nofile 1048576\nroot hard nofile 1048576\n' |
    $sudo tee /etc/security/limits.d/gatebench.conf >/dev/null
fi
echo "prepared as $role"
if [ -n "$node" ]; then echo "node $(/usr/local/bin/node --version)"; fi
if [ -n "$go" ]; then echo "$(/usr/local/go/bin/go version), $(make --version | head -1)"; fi
