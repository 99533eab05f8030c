#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# examples.sh FILE WORK
#
# Runs every example of a manual page or .md file in WORK, a directory made
# anew, as it stands there, and compares what it prints with what the page shows.
# build/provider, build/tools and conf are there as in the top directory.
# From the environment: SOURCE, MODULE (directory of onem2m.so), LIBRARY (of
# libonem2m.so), TOOLS (of the programs), CC, PKG_CONFIG.
set -euo pipefail
page=$1 work=$2
here=$(cd "$(dirname "$0")" && pwd)
export OPENSSL_MODULES=$MODULE OPENSSL_CONF=$SOURCE/conf/openssl.cnf LC_ALL=C.UTF-8
export PATH=$TOOLS:$PATH # as if they were installed

failed() {
    echo "FAILED: $page: $*" >&2
    exit 1
}

compile() { # SOURCE PROGRAM
    local flags
    read -ra flags <<<"$("$PKG_CONFIG" --cflags --libs libssl libcrypto)"
    if grep -qE '<onem2m/(id|tls)\.h>' "$1"; then
        flags+=(-L "$LIBRARY" "-Wl,-rpath,$LIBRARY" -lonem2m)
    fi
    "$CC" -std=c11 -Wall -Wextra -Werror -I "$SOURCE/include" -o "$2" -x c "$1" -x none "${flags[@]}"
}

run() { # COMMAND...
    "$@" >"$examples/stdout" </dev/null || failed "status $? of ${example##*/}: $(cat "$example")"
}

# Blank lines at the end do not show in a page.
without_last_blank_lines() {
    sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' "$1"
}

rm -rf "${work:?}"
examples=$work.examples
rm -rf "$examples"
mkdir -p "$work/build" "$examples"
ln -s "$MODULE" "$work/build/provider"
ln -s "$TOOLS" "$work/build/tools"
ln -s "$SOURCE/conf" "$work/conf"
awk -v out="$examples" -f "$here/extract.awk" "$page"
cd "$work"

ran=0
for example in "$examples"/*; do
    case $example in
    *.file) cp "$example" "$work/$(cat "${example%.file}.name")" ;;
    *.program)
        compile "$example" "$work/$(cat "${example%.program}.name")" ||
            failed "${example##*/} does not compile"
        ;;
    *.shell) run bash -eu "$example" ;;
    *.c)
        compile "$example" "$examples/program" || failed "${example##*/} does not compile"
        run "$examples/program"
        ;;
    *.output)
        diff --label "$page shows" --label "it printed" -u \
            "$example" <(without_last_blank_lines "$examples/stdout") ||
            failed "another output than ${example##*/}"
        ;;
    *) continue ;;
    esac
    ran=$((ran + 1))
done
[ "$ran" -gt 0 ] || failed "no examples"
echo "$page: $ran examples and outputs"
