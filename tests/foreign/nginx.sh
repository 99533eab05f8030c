#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# nginx with the provider in its openssl.cnf: the module is loaded before the workers are
# forked, they serve TLS as without it, a reload and the end leave nothing behind. nginx has
# no PSK, so no key of the store is used.
. "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=tests/foreign/web.sh
. "${BASH_SOURCE[0]%/*}/web.sh"
PATH=$PATH:/usr/sbin
need nginx nginx
need openssl openssl
show_version '^nginx' nginx -v
add_key
make_web_certificate

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
        ssl_certificate $work/web.pem;
        ssl_certificate_key $work/web.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        location / { return 200 "served by worker \$pid\n"; }
    }
}
END

export OPENSSL_CONF=$work/openssl.cnf
start nginx nginx -e stderr -c "$work/nginx.conf"
await nginx "start worker process "
master=$(cat "$work/nginx.pid")
await_workers 2
module_is_loaded
for version in -tls1_2 -tls1_3; do
    served=$(get "$version" | sed -n 's/^served by worker //p')
    [[ " ${workers[*]} " == *" ${served//[!0-9]/} "* ]] ||
        fail "not served by a worker with $version"
done

# New workers after a reload, and the old ones go.
kill -HUP "$master"
await_workers 2 "${workers[@]}"
module_is_loaded
get -tls1_2 | grep -q '^served by worker ' || fail "not served after a reload"
kill -QUIT "$master"
ended nginx 0
# A user's own namespace has no initgroups; nginx goes on without.
complaints=$(grep -E '\[(alert|emerg|crit)\]|\(core dumped\)' "$work/nginx.err" |
    grep -v 'initgroups(root' || true)
[ -z "$complaints" ] || fail "nginx complains: $complaints"
