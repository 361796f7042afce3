#!/bin/sh
# The tests of what several processes share need a real redis-server: Debian's, installed here where it is missing and this user
# may install it.
set -eu

if command -v redis-server >/dev/null 2>&1; then
    exit 0
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Setting up: Redis for the tests" >&2
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null
else
    echo "The tests need Redis: install it (as root: apt-get install redis-server), then try again." >&2
    exit 1
fi
