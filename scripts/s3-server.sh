#!/bin/sh
# Makes .tools/versitygw, the S3 server over a folder that test/storage starts on loopback. Does nothing when it is there.
# Building it takes Go, and two minutes of CPU; with QUICK=1 one minute, since nothing is optimized: enough for tests,
# too slow a server for benchmarks.
# Exit 0 where there is no Go to make it with: the tests then say that they were skipped.
set -eu
cd "$(dirname "$0")/.."
version=v1.8.0
done=.tools/versitygw.version # put there last: without it the binary is unfinished

without() {
  echo "s3-server: $1; the tests against an S3 server will be skipped" >&2
  rm -f .tools/versitygw "$done"
  exit 0
}

if [ -x .tools/versitygw ] && [ "$(cat "$done" 2>/dev/null)" = "$version" ]; then exit 0; fi

command -v go >/dev/null 2>&1 || without "no Go here"
mkdir -p .tools
echo "s3-server: building versitygw $version into .tools" >&2
# Not another Go than the one that is here: that would be a download of its own.
GOTOOLCHAIN=local GOBIN="$PWD/.tools" nice go install -trimpath -ldflags='-s -w' ${QUICK:+"-gcflags=all=-N -l"} \
  "github.com/versity/versitygw/cmd/versitygw@$version" >.tools/build.log 2>&1 || {
  tail -5 .tools/build.log >&2
  without "this Go cannot build versitygw"
}
echo "$version" >"$done"
