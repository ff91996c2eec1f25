#!/bin/sh
# What the tests need from the system: Chromium and Firefox with a Chinese font, Redis, PostgreSQL,
# coturn, LibreOffice and pdftoppm to open what is exported, GStreamer's WebRTC, nftables for lossy
# lines, libipsec-mb.
# Installs Debian's packages when they are missing and it may; else says which command to run.
set -eu

missing=""
need() { missing="$missing $1"; }

command -v chromium >/dev/null 2>&1 || need chromium
[ -n "$(find /usr/share/fonts -iname '*cjk*' -print -quit 2>/dev/null)" ] || need fonts-noto-cjk
command -v redis-server >/dev/null 2>&1 || need redis-server
[ -n "$(find /usr/lib/postgresql -path '*/bin/initdb' -print -quit 2>/dev/null)" ] || need postgresql
command -v turnserver >/dev/null 2>&1 || need coturn
command -v firefox-esr >/dev/null 2>&1 || need firefox-esr
[ -d /usr/lib/libreoffice/share/registry ] && command -v soffice >/dev/null 2>&1 ||
	need "libreoffice-writer-nogui libreoffice-calc-nogui"
[ -e /etc/libreoffice/registry/impress.xcd ] || need libreoffice-impress-nogui
command -v pdftoppm >/dev/null 2>&1 || need poppler-utils
gst=/usr/lib/$(uname -m)-linux-gnu
{ [ -e "$gst/gstreamer-1.0/libgstnice.so" ] && [ -e "$gst/girepository-1.0/GstWebRTC-1.0.typelib" ] &&
	/usr/bin/python3 -c 'import gi' 2>/dev/null; } ||
	need "python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice gstreamer1.0-plugins-bad gstreamer1.0-plugins-good"
[ "$(uname -m)" != x86_64 ] || [ -n "$(find /usr/lib/x86_64-linux-gnu -name 'libIPSec_MB.so.*')" ] ||
	need "libipsec-mb$(. /etc/os-release && [ "${VERSION_ID:-12}" -lt 13 ] && echo 1 || echo 2)"
command -v nft >/dev/null 2>&1 || need nftables
command -v ip >/dev/null 2>&1 || need iproute2

[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "installing for the tests:$missing"
	export DEBIAN_FRONTEND=noninteractive
	# shellcheck disable=SC2086  # a list of package names
	apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing >/dev/null
else
	echo "the tests need:  sudo apt-get install --no-install-recommends$missing" >&2
	exit 1
fi
