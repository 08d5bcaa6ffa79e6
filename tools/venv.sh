#!/usr/bin/env bash
# Make a virtual environment without root. Debian's Python may lack ensurepip (package python3-venv):
# then pip is bootstrapped from the wheel of any pip at hand, and only as a last resort is the user told what to install.
set -euo pipefail
python=$1 venv=$2
rm -rf "$venv"
if "$python" -m venv "$venv" 2>/dev/null; then exit 0; fi
rm -rf "$venv"
"$python" -m venv --without-pip "$venv"
if "$python" -m pip --version >/dev/null 2>&1; then
  "$python" -m pip --disable-pip-version-check -q install --target "$venv/.pip" pip
  PYTHONPATH="$venv/.pip" "$venv/bin/python" -m pip --disable-pip-version-check -q install pip
  rm -rf "$venv/.pip"
  exit 0
fi
rm -rf "$venv"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get -qq update && apt-get -qq install -y --no-install-recommends python3-venv >/dev/null
  exec "$python" -m venv "$venv"
fi
echo "got: $python without venv, ensurepip and pip; expected one of them; next: sudo apt-get install python3-venv" >&2
exit 1
