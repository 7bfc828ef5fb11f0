#!/bin/sh
# Makes .venv in the repository with what test/interop needs. Does nothing when it is there already.
# Exit 0 where there is no Python to make it with: the interop test then says that it was skipped.
set -eu
cd "$(dirname "$0")/.."
wanted=test/interop/requirements.txt
done=.venv/requirements.txt # a copy of $wanted, put there last: without it the folder is unfinished

without() {
  echo "python-env: $1; test/interop will be skipped" >&2
  rm -rf .venv
  exit 0
}

if [ -x .venv/bin/python ] && cmp -s "$wanted" "$done"; then exit 0; fi

python=${PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 || without "no $python here"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || without "$python is older than 3.10"

rm -rf .venv
"$python" -m venv .venv >/dev/null 2>&1 || without "$python can't make a virtual environment (Debian: python3-venv)"
echo "python-env: installing the packages of $wanted into .venv" >&2
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$wanted" || {
  echo "python-env: pip failed; what it said stands above" >&2
  exit 1
}
cp "$wanted" "$done"
