# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# awk -v out=DIRECTORY -f extract.awk FILE
#
# Takes the examples out of a manual page (.pod) or a .md file, one file each:
# DIRECTORY/001.shell, 002.output, 003.c, 004.file, 005.program; for the last two,
# 004.name holds the name that the example gives the file. An example is the verbatim block (in
# .md the fenced one) after a mark:
#
#     =for test shell            <!-- test shell -->          run by bash
#     =for test c                <!-- test c -->              a program
#     =for test output           <!-- test output -->         of what stands before
#     =for test file my.cnf      <!-- test file my.cnf -->    a file for what follows
#     =for test program name     <!-- test program name -->   a program for what follows
#     =for test none             <!-- test none -->           not run
#
# A block without a mark is an error: in a page those under EXAMPLES, in .md all.

function fail(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text > "/dev/stderr"
    failed = 1
    exit 1
}

function take_mark(text) {
    if (mark != "")
        fail("no block for the mark before this one")
    if (text !~ /^(shell|c|output|none)$/ && text !~ /^(file|program) [A-Za-z0-9._-]+$/)
        fail("unknown mark: " text)
    mark = text
}

function start_block() {
    if (mark == "" && (markdown || examples))
        fail("an example without a mark")
    inside = 1
    count = 0
    blank = 0
    match($0, /^[ \t]*/)
    indent = markdown ? 0 : RLENGTH
}

function add_line() {
    if ($0 ~ /^[ \t]*$/) {
        blank++
        return
    }
    for (; blank > 0; blank--)
        lines[++count] = ""
    lines[++count] = substr($0, indent + 1)
}

function end_block(    name, kind, i, words) {
    inside = 0
    kind = mark
    mark = ""
    if (kind == "" || kind == "none")
        return
    number++
    if (split(kind, words, " ") == 2) {
        print words[2] > sprintf("%s/%03d.name", out, number)
        kind = words[1]
    }
    name = sprintf("%s/%03d.%s", out, number, kind)
    printf "" > name
    for (i = 1; i <= count; i++)
        print lines[i] > name
    close(name)
}

FNR == 1 { markdown = FILENAME ~ /\.md$/ }

markdown && inside && /^```/ { end_block(); next }
markdown && inside { add_line(); next }
markdown && /^<!-- test .* -->$/ { take_mark(substr($0, 11, length($0) - 14)); next }
markdown && /^```/ { start_block(); next }
markdown { next }

inside && /^[^ \t]/ { end_block() }
inside { add_line(); next }
/^=head1 / { examples = $0 == "=head1 EXAMPLES" }
/^=for test / { take_mark(substr($0, 11)); next }
/^[ \t]+[^ \t]/ { start_block(); add_line() }

END {
    if (failed)
        exit 1
    if (inside)
        end_block()
    if (mark != "")
        fail("no block for the last mark")
}
