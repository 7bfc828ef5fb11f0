#!/bin/sh
# Makes .tools/azurite, Microsoft's emulator of Azure Blob Storage, that test/storage starts on loopback. Does nothing when
# it is there. It takes 18 s of CPU, and 186 MB, in a folder of its own: no user gets any of it. (Later versions say that
# they need Node.js 22, and are twice as large.)
# Exit 0 where it cannot be installed: the tests then say that they were skipped.
set -eu
cd "$(dirname "$0")/.."
version=3.35.0
folder=.tools/azurite
done=$folder/version # put there last: without it the folder is unfinished

if [ "$(cat "$done" 2>/dev/null)" = "$version" ]; then exit 0; fi

rm -rf "$folder"
mkdir -p "$folder"
echo '{ "private": true }' >"$folder/package.json"
echo "azure-server: installing azurite $version into $folder" >&2
nice npm install --prefix "$folder" --save-exact --ignore-scripts --omit=optional --no-audit --no-fund \
  "azurite@$version" >"$folder/install.log" 2>&1 || {
  tail -5 "$folder/install.log" >&2
  echo "azure-server: azurite cannot be installed here; the tests against it will be skipped" >&2
  exit 0
}
echo "$version" >"$done"
