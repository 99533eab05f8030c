#!/usr/bin/env bash
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# httpd with the provider in its openssl.cnf, as nginx.sh has it: the module is loaded before
# the children are forked and stays when a restart unloads mod_ssl and loads it again.
. "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=tests/foreign/web.sh
. "${BASH_SOURCE[0]%/*}/web.sh"
PATH=$PATH:/usr/sbin
need apache2 apache2-bin
need openssl openssl
# httpd refuses to serve as root, and a user's own namespace has nobody else.
grep -qE '^ *0 +0 +4294967295$' /proc/self/uid_map || skip "httpd NEEDS root HERE"
show_version '^Server version' apache2 -v
add_key
make_web_certificate

next_port
modules=/usr/lib/apache2/modules
mkdir "$work/site"
echo "served by httpd" >"$work/site/index.html"
cat >"$work/httpd.conf" <<END
ServerRoot $work
ServerName $authority
PidFile $work/httpd.pid
Mutex file:$work
ErrorLog $work/log.err
Listen 127.0.0.1:$port
User www-data
Group www-data
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule dir_module $modules/mod_dir.so
LoadModule ssl_module $modules/mod_ssl.so
StartServers 2
ServerLimit 4
ThreadsPerChild 8
MaxRequestWorkers 32
MinSpareThreads 1
MaxSpareThreads 32
DocumentRoot $work/site
DirectoryIndex index.html
SSLEngine on
SSLCertificateFile $work/web.pem
SSLCertificateKeyFile $work/web.key
SSLProtocol -all +TLSv1.2 +TLSv1.3
SSLSessionCache none
END

export OPENSSL_CONF=$work/openssl.cnf
start httpd apache2 -D FOREGROUND -f "$work/httpd.conf"
await_port "$port"
# shellcheck disable=SC2154 # start has set pid_httpd, of timeout
master=$(grep -o '[0-9]*' "/proc/$pid_httpd/task/$pid_httpd/children")
await_workers 2
module_is_loaded
for version in -tls1_2 -tls1_3; do
    get "$version" | grep -q '^served by httpd' || fail "not served with $version"
done

# New children after a restart, and the old ones go.
for signal in HUP USR1; do
    kill -"$signal" "$master"
    await_workers 2 "${workers[@]}"
    module_is_loaded
    get -tls1_2 | grep -q '^served by httpd' || fail "not served after SIG$signal"
done
kill -TERM "$master"
ended httpd 0
# Its errors do not count: some connections end with AH03092, without the provider as often.
! grep -E ':(emerg|alert|crit)\]|exit signal' "$work/log.err" || fail "httpd complains"
