#!/bin/sh
# The tests of the Telegram channel talk to an emulator of Telegram's Bot API, which runs on Node and comes from npm, pinned by hash.
set -eu

if ! command -v npm >/dev/null 2>&1; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Setting up: Node and npm for the tests of the Telegram channel" >&2
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
    else
        echo "The tests of the Telegram channel need Node and npm: install them (as root: apt-get install nodejs npm), then try again." >&2
        exit 1
    fi
fi

cd "$(dirname "$0")/../tests/telegram"
installed=node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
    npm ci --no-audit --no-fund --loglevel=error
    touch "$installed"
fi
