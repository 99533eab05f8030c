#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# nginx with the provider in its openssl.cnf: the module is loaded before the workers are
# forked, they serve TLS as without it, a reload and the end leave nothing behind. nginx has
# no PSK, so no key of the store is used.
. "${BASH_SOURCE[0]%/*}/common.sh"
PATH=$PATH:/usr/sbin
need nginx nginx
need openssl openssl
show_version '^nginx' nginx -v
add_key

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj "/CN=$authority" -keyout "$work/key.pem" -out "$work/certificate.pem" 2>"$work/req.err"
next_port
cat >"$work/nginx.conf" <<END
user $(id -un) $(id -gn);
daemon off;
worker_processes 2;
error_log stderr info;
pid $work/nginx.pid;
env OPENSSL_CONF;
env OPENSSL_MODULES;
events {}
http {
    access_log off;
    client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work;
    uwsgi_temp_path $work; scgi_temp_path $work;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $work/certificate.pem;
        ssl_certificate_key $work/key.pem;
        ssl_protocols TLSv1.2 TLSv1.3;
        location / { return 200 "served by worker \$pid\n"; }
    }
}
END

# Into the array $workers: the two worker processes, when none of them is one of those given.
await_workers() { # PID...
    local i old="$*"
    for ((i = 0; i < 400; i++)); do
        mapfile -t workers < <(tr ' ' '\n' <"/proc/$master/task/$master/children" | grep .)
        [ "${#workers[@]}" -ne 2 ] || [[ " $old " == *" ${workers[0]} "* ]] ||
            [[ " $old " == *" ${workers[1]} "* ]] || return 0
        sleep 0.05
    done
    fail "workers: ${workers[*]}; before: $old"
}
loaded() { # PID
    grep -q "onem2m\.so" "/proc/$1/maps" || fail "process $1 of nginx has no module"
}
get() { # OPTION...
    printf 'GET / HTTP/1.0\r\n\r\n' |
        OPENSSL_CONF=/dev/null timeout 20 openssl s_client -connect "127.0.0.1:$port" -ign_eof \
            -CAfile "$work/certificate.pem" -verify_return_error "$@" 2>/dev/null
}

export OPENSSL_CONF=$work/openssl.cnf
start nginx nginx -e stderr -c "$work/nginx.conf"
await nginx "start worker process "
master=$(cat "$work/nginx.pid")
await_workers
for pid in "$master" "${workers[@]}"; do
    loaded "$pid"
done
for version in -tls1_2 -tls1_3; do
    served=$(get "$version" | sed -n 's/^served by worker //p')
    [[ " ${workers[*]} " == *" ${served//[!0-9]/} "* ]] || fail "not served by a worker with $version"
done

# New workers after a reload, and the old ones go.
kill -HUP "$master"
await_workers "${workers[@]}"
loaded "${workers[0]}"
get -tls1_2 | grep -q '^served by worker ' || fail "not served after a reload"
kill -QUIT "$master"
ended nginx 0
# A user's own namespace has no initgroups; nginx goes on without.
complaints=$(grep -E '\[(alert|emerg|crit)\]|\(core dumped\)' "$work/nginx.err" |
    grep -v 'initgroups(root' || true)
[ -z "$complaints" ] || fail "nginx complains: $complaints"
