#!/bin/sh
# Makes .venv-tokenizers in the repository: the Python engines that test/tokenize compares with, and the packages that
# contain real tokenizer files. Does nothing if the folder is there already.
# Exits with 0 if there is no Python to make it with: the tests then report what they skip.
set -eu
cd "$(dirname "$0")/.."
engines=test/tokenize/requirements.txt
files=test/tokenize/requirements-files.txt
done=.venv-tokenizers/requirements.txt # a copy of both lists, put there last: without it the folder is unfinished

without() {
  echo "tokenizer-peers: $1; test/tokenize will skip what needs it" >&2
  rm -rf .venv-tokenizers
  exit 0
}

if [ -x .venv-tokenizers/bin/python ] && cat "$engines" "$files" | cmp -s - "$done"; then exit 0; fi

python=${PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 || without "no $python here"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || without "$python is older than 3.10"

rm -rf .venv-tokenizers
"$python" -m venv .venv-tokenizers >/dev/null 2>&1 ||
  without "$python can't make a virtual environment (Debian: python3-venv)"
echo "tokenizer-peers: installing the packages of $engines and $files into .venv-tokenizers" >&2
install() {
  .venv-tokenizers/bin/python -m pip install --quiet --disable-pip-version-check "$@" || {
    echo "tokenizer-peers: pip failed; what it said stands above" >&2
    exit 1
  }
}
install --requirement "$engines"
install --no-deps --requirement "$files"
cat "$engines" "$files" >"$done"
