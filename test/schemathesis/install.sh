#!/usr/bin/env bash
# Installs schemathesis for the tests, once: exact versions with hashes, in an environment of its own in the user's cache.
# Prints the path of the program.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/batuta/schemathesis-4.32.5
if [ ! -x "$folder/bin/schemathesis" ]; then
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$here/requirements.txt" || {
    rm -rf "$folder" # half an environment would be taken for a whole one
    exit 1
  }
fi
echo "$folder/bin/schemathesis"
