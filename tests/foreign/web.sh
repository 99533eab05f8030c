# shellcheck shell=bash disable=SC2154
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced after common.sh by the tests of web servers, which fork their workers after the
# provider was loaded: $master is the process that forks them.

# web.pem and web.key of $work.
make_web_certificate() {
    openssl req -x509 -newkey ec \
        -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$authority" \
        -keyout "$work/web.key" -out "$work/web.pem" 2>"$work/req.err"
}

# await_workers COUNT [PID...]: into the array $workers, its processes that serve, when there
# are so many and none of those given.
await_workers() {
    local i pid old=" ${*:2} " renewed
    for ((i = 0; i < 400; i++)); do
        mapfile -t workers < <(tr ' ' '\n' <"/proc/$master/task/$master/children" | grep .)
        renewed=1
        for pid in "${workers[@]}"; do
            [[ $old != *" $pid "* ]] || renewed=
        done
        [ "${#workers[@]}" -ne "$1" ] || [ -z "$renewed" ] || return 0
        sleep 0.05
    done
    fail "workers: ${workers[*]}; before: $old"
}

# The module is in the master and in every worker.
module_is_loaded() {
    local pid
    for pid in "$master" "${workers[@]}"; do
        grep -q "onem2m\.so" "/proc/$pid/maps" || fail "process $pid has no module"
    done
}

# What it serves: OPTION... of s_client.
get() {
    printf 'GET / HTTP/1.0\r\n\r\n' |
        OPENSSL_CONF=/dev/null timeout 20 openssl s_client -connect "127.0.0.1:$port" -ign_eof \
            -CAfile "$work/web.pem" -verify_return_error "$@" 2>/dev/null
}
