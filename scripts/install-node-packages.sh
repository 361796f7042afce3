#!/bin/sh
# Two parts of the tests come from npm, pinned by hash: an emulator of Telegram's Bot API, and the accessibility rules (axe) that the
# browser tests hold every page to.
set -eu

if ! command -v npm >/dev/null 2>&1; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Setting up: Node and npm for the tests" >&2
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
    else
        echo "The tests need Node and npm: install them (as root: apt-get install nodejs npm), then try again." >&2
        exit 1
    fi
fi

cd "$(dirname "$0")/../tests"
for folder in telegram browser; do
    installed=$folder/node_modules/.package-lock.json
    if [ ! -e "$installed" ] || [ "$folder/package-lock.json" -nt "$installed" ]; then
        npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error
        touch "$installed"
    fi
done
