#!/usr/bin/env bash
# Installs missing programs that some tests need: as root, on Debian and its derivatives. A test whose program is missing
# is skipped with a message, so nothing here is fatal.
set -uo pipefail

missing=()
need() { # need PACKAGE... -- PROGRAM...: the packages, unless one of the programs is there
  local packages=()
  while [[ $1 != -- ]]; do packages+=("$1") && shift; done
  shift
  for program in "$@"; do command -v "$program" >/dev/null && return; done
  missing+=("${packages[@]}")
}

# Fonts, so that a page is drawn with letters and not with boxes.
need chromium fonts-dejavu-core -- chromium chromium-browser google-chrome
need linux-perf -- perf
# The tests start an sshd and a dockerd of their own: only the programs are needed, not their services.
need openssh-server -- /usr/sbin/sshd
need iproute2 -- ip
need gcc libc6-dev -- gcc
need binutils -- strip
need gnupg -- gpg
python3 -c 'import ensurepip, venv' 2>/dev/null || need python3 python3-venv -- /no-venv
need zsh -- zsh
need fish -- fish
need docker.io -- dockerd
need luajit2 -- luajit luajit2
[[ -e /usr/lib/nginx/modules/ngx_http_lua_module.so ]] || need nginx libnginx-mod-http-lua lua-cjson -- /no-lua-in-nginx
# No JDK, for which the tests of perf with Java look: a quarter of a gigabyte.

if [[ ${#missing[@]} -eq 0 ]]; then
  echo 'all of them are there'
elif [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "NOT INSTALLED, which takes root and apt-get: ${missing[*]}; tests that need them will be skipped" >&2
else
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  apt-get update -qq
  for package in "${missing[@]}"; do
    apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$package" >/dev/null ||
      echo "NOT INSTALLED: $package; tests that need it will be skipped" >&2
  done
fi
