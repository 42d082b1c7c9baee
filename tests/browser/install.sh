#!/bin/sh
# What the tests in a browser need: Chromium and a Chinese font from Debian, axe-core from npm. Nothing is fatal here:
# where it may not be installed, this says so, and those tests are skipped.
here=$(dirname "$0")

missing=""
command -v chromium >/dev/null 2>&1 || missing="chromium"
fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-noto-cjk"
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then as=""; elif sudo -n true 2>/dev/null; then as="sudo"; else as="none"; fi
    if [ "$as" != none ] && command -v apt-get >/dev/null 2>&1; then
        echo "正在安装浏览器测试所需的 $missing……"
        $as apt-get update -qq && $as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
            echo "未能安装 $missing，浏览器中的测试将跳过。" >&2
    else
        echo "浏览器中的测试需要 $missing。没有安装的权限，这些测试将跳过；请管理员安装后重试。" >&2
    fi
fi

if command -v npm >/dev/null 2>&1; then
    (cd "$here" && npm ci --silent --no-audit --no-fund) || echo "未能安装 axe-core，无障碍测试将跳过。" >&2
else
    echo "没有 npm，无障碍测试将跳过。" >&2
fi
