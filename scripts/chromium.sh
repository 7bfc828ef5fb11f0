#!/bin/sh
# Installs Debian's chromium for test/report/browser.test.ts and `make screenshot`. Does nothing if it is there already.
# Exits with 0 if it can't be installed: the test then reports that it was skipped.
set -eu

without() {
  echo "chromium: $1; test/report/browser.test.ts will be skipped" >&2
  exit 0
}

if [ -x "${CHROMIUM:-/usr/bin/chromium}" ]; then exit 0; fi
if [ -n "${CHROMIUM:-}" ]; then without "there is no $CHROMIUM"; fi

command -v apt-get >/dev/null 2>&1 || without 'no apt-get here'
[ "$(id -u)" = 0 ] || without 'only root can install packages'
echo 'chromium: installing the package chromium' >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2 || without 'apt-get update failed; what it said stands above'
apt-get install -qq -y --no-install-recommends chromium >&2 || without 'apt-get install failed; what it said stands above'
