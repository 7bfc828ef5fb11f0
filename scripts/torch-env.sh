#!/bin/sh
# Makes .venv-torch in the repository, for test/interop/pytorch.test.ts. Does nothing if it is there already.
# pip's PyTorch for Linux comes with gigabytes of CUDA, so this installs Debian's (CPU only, 150 MB to fetch), which the
# virtual environment can import. PYTHON can name another Python that has PyTorch.
# Exits with 0 if PyTorch can't be installed this way: the test then reports that it was skipped.
set -eu
cd "$(dirname "$0")/.."
wanted=test/interop/requirements-torch.txt
done=.venv-torch/requirements.txt # a copy of $wanted, put there last: without it the folder is unfinished

without() {
  echo "torch-env: $1; test/interop/pytorch.test.ts will be skipped" >&2
  rm -rf .venv-torch
  exit 0
}

has_torch() { "$python" -c 'import torch' >/dev/null 2>&1; }

if [ -x .venv-torch/bin/python ] && cmp -s "$wanted" "$done"; then exit 0; fi

python=${PYTHON:-/usr/bin/python3}
if ! has_torch; then
  [ "$python" = /usr/bin/python3 ] || without "$python has no torch"
  command -v apt-get >/dev/null 2>&1 || without "no python3-torch here, nor apt-get to install it"
  [ "$(id -u)" = 0 ] || without "no python3-torch here (apt-get install python3-torch python3-venv)"
  echo "torch-env: installing python3-torch and python3-venv" >&2
  apt-get update -qq || without "apt-get update failed"
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3-torch python3-venv \
    >/dev/null || without "apt-get can't install python3-torch"
  has_torch || without "python3-torch is installed, but $python can't import it"
fi

rm -rf .venv-torch
"$python" -m venv --system-site-packages .venv-torch >/dev/null 2>&1 ||
  without "$python can't make a virtual environment (Debian: python3-venv)"
echo "torch-env: installing the packages of $wanted into .venv-torch" >&2
.venv-torch/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$wanted" || {
  echo "torch-env: pip failed; what it said stands above" >&2
  exit 1
}
cp "$wanted" "$done"
