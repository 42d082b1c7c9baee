#!/bin/sh
# LibreOffice, which calculates the workbook of a simulation anew. It is large, so `make test` does without it where it
# is not there; `make workbook-check` installs it where it may.
command -v soffice >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ]; then as=""; elif sudo -n true 2>/dev/null; then as="sudo"; else
    echo "需要 LibreOffice（libreoffice-calc）。没有安装的权限，请管理员安装后重试。" >&2
    exit 1
fi
echo "正在安装 LibreOffice……"
$as apt-get update -qq && $as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libreoffice-calc >/dev/null
