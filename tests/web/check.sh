#!/bin/sh
# Check the browser's code: types (JSDoc, strict) and the language level of old phones.
set -eu
cd "$(dirname "$0")"

if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
	echo "checking web/ needs node:  sudo apt-get install --no-install-recommends nodejs npm" >&2
	exit 1
fi

# Installed again only when the lock file is newer than what it led to.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch node_modules/.package-lock.json
fi

node_modules/.bin/tsc --project tsconfig.json
node parse.js
