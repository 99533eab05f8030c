#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# What a new user meets: an empty Debian 12, a fresh clone, and the commands on
# the first screen of README.md.
set -euo pipefail
. tests/full/lib.sh
. tests/full/chroot.sh

base=$chroots/bookworm
root=$chroots/new-user
clone=/root/onem2m-provider

# The project's own commands of the README's first screen, one a line.
readme_commands() {
    head -n 50 README.md | sed -nE 's/^ *(\$ )?(\.\/(quickstart|check))( .*)?$/\2/p' | sort -u
}

need_chroots
exec 9>"$root.lock"
flock 9
persistently make_chroot bookworm "$base"
rm -rf --one-file-system "$root"
cp -a "$base" "$root"
copy_project "$root" "$clone"

commands=$(readme_commands)
[ "$commands" = "$(printf './check\n./quickstart')" ] || {
    echo "the first screen of README.md does not name ./quickstart and ./check"
    exit 1
}
for command in ./quickstart ./check; do
    # shellcheck disable=SC2016
    in_chroot "$root" bash -c 'cd "$1" && "$2"' new-user "$clone" "$command"
done
echo "a new user's ./quickstart and ./check work"
