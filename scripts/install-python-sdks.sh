#!/usr/bin/env bash
# Installs the Python SDKs that the mock is tested with into .tools/python-sdks, at pinned versions. Where that fails, their
# tests are skipped with a message, so nothing here is fatal.
set -euo pipefail
cd "$(dirname "$0")/.."

lock=test/mock-upstream/sdk/python/requirements.lock
venv=.tools/python-sdks
if cmp --silent "$lock" "$venv/requirements.lock"; then
  exit 0
fi

echo "installing the Python SDKs for tests into $venv"
rm -rf "$venv"
if ! { python3 -m venv "$venv" &&
  "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement "$lock"; }; then
  rm -rf "$venv"
  echo 'NOT INSTALLED: the Python SDKs; the tests with them will be skipped' >&2
  exit 0
fi
cp "$lock" "$venv/requirements.lock"
