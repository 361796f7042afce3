#!/bin/sh
# The tests drive a real Chromium and a real Firefox: Debian's, installed here where they are missing and this user may install them.
set -eu

has() {
    for program in "$@"; do
        if command -v "$program" >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

missing=
has chromium chromium-browser google-chrome || missing=chromium
has firefox-esr firefox || missing="$missing firefox-esr"
if [ -z "$missing" ]; then
    exit 0
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Setting up: browsers for the tests" >&2
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "The browser tests need Chromium and Firefox: install them (as root: apt-get install chromium firefox-esr), then try again." >&2
    exit 1
fi
