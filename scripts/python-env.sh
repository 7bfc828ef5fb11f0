#!/bin/sh
# Makes .venv in the repository with the packages that test/interop needs, and .venv-oldest with the oldest `datasets`
# that it tests. Does nothing if they are there already. Exits with 0 if there is no Python to make them with, or none
# for the old packages: the interop test then reports what it skipped.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

without() { # folder, why
  echo "python-env: $2; what needs $1 will be skipped" >&2
  rm -rf "$1"
}

# Arguments: folder, requirements, options of pip. The requirements are copied into the folder last: a folder without
# that copy is unfinished.
install() {
  if [ -x "$1/bin/python" ] && cmp -s "$2" "$1/requirements.txt"; then return 0; fi
  rm -rf "$1"
  "$python" -m venv "$1" >/dev/null 2>&1 || {
    without "$1" "$python can't make a virtual environment (Debian: python3-venv)"
    return 0
  }
  echo "python-env: installing the packages of $2 into $1" >&2
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check $3 --requirement "$2" || return 1
  cp "$2" "$1/requirements.txt"
}

command -v "$python" >/dev/null 2>&1 || {
  without .venv "no $python here"
  exit 0
}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
  without .venv "$python is older than 3.10"
  exit 0
}
install .venv test/interop/requirements.txt '' || {
  echo "python-env: pip failed; what it said stands above" >&2
  exit 1
}
# For a newer Python there are no wheels of the old packages, and pip would compile them for an hour.
install .venv-oldest test/interop/requirements-oldest.txt '--only-binary :all:' || without .venv-oldest "pip failed; what it said stands above"
