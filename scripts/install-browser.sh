#!/usr/bin/env bash
# Installs Chromium for the tests of pages, where it is missing and this user may: Debian and what is like it, as root.
set -euo pipefail

for place in /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
  if [[ -x $place ]]; then
    echo "browser: $place"
    exit 0
  fi
done
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo 'no browser, and it can only be installed as root with apt-get: install Chromium yourself' >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# Fonts, so that a page is drawn with letters and not with boxes.
apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 chromium fonts-dejavu-core
echo 'browser: /usr/bin/chromium'
