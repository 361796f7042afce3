#!/bin/sh
# Makes $VENV with Python 3.10: one that is on this machine, or else one that uv fetches.
set -eu

find_python() {
    for candidate in python3.10 /usr/bin/python3.10 /usr/local/bin/python3.10 /opt/python3.10/bin/python3.10 \
        "$HOME"/.pyenv/versions/3.10.*/bin/python3.10 /opt/pyenv/versions/3.10.*/bin/python3.10; do
        # A name on the path can be a stub that only says what is missing, so each is asked to run.
        if found=$("$candidate" -c 'import sys, venv; assert sys.version_info[:2] == (3, 10); print(sys.executable)' 2>/dev/null); then
            echo "$found"
            return 0
        fi
    done
    return 1
}

rm -rf "$VENV"
if python=$(find_python); then
    "$UV" venv --quiet --python "$python" "$VENV"
elif "$UV" venv --quiet --python 3.10 "$VENV"; then
    :
else
    echo "Python 3.10 is neither on this machine nor could it be fetched: install it (for instance with pyenv install 3.10), then try again." >&2
    exit 1
fi
