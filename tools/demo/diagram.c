/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diagram.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All in pixels. */
#define MARGIN 20
#define COLUMN 310  /* from lifeline to lifeline */
#define NOTE 288    /* width of a note */
#define LINE 17     /* height of a line of text */
#define CHARACTER 8 /* a generous width of one, at the size below */
#define FONT 13
#define PAD 6
#define HEAD 70
#define GAP 10
#define HEX_SHOWN 8 /* digits of a long hexadecimal number */
#define HEX_LONG 16

/* From left to right. */
static const MEMBER_INDEX order[MEMBERS] = { MEF, MAF, A, B, C };

typedef struct {
    FILE *file; /* NULL: only the height is wanted */
    int y;
} CANVAS;

static int column_of(const char *name)
{
    for (int i = 0; i < MEMBERS; i++) {
        if (strcmp(members[order[i]].name, name) == 0)
            return MARGIN + NOTE / 2 + i * COLUMN;
    }
    return MARGIN;
}

static int total_width(void)
{
    return 2 * MARGIN + NOTE + (MEMBERS - 1) * COLUMN;
}

static void put_text(FILE *file, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '<')
            fputs("&lt;", file);
        else if (text[i] == '>')
            fputs("&gt;", file);
        else if (text[i] == '&')
            fputs("&amp;", file);
        else
            putc(text[i], file);
    }
}

/* Long hexadecimal numbers as their first digits: they are there to be told apart. */
static void shorten(char *out, size_t size, const char *text)
{
    size_t used = 0;

    while (*text != '\0' && used + HEX_LONG + 3 < size) {
        size_t digits = strspn(text, "0123456789ABCDEFabcdef");
        size_t shown = digits >= HEX_LONG ? HEX_SHOWN : digits;

        if (digits == 0) {
            out[used++] = *text++;
            continue;
        }
        if (shown > size - used - 3)
            break;
        memcpy(out + used, text, shown);
        used += shown;
        if (digits > shown) {
            memcpy(out + used, "..", 2);
            used += 2;
        }
        text += digits;
    }
    out[used] = '\0';
}

/* Octets of text for a line of so many characters, broken at a space, behind a comma or an '@'. */
static size_t line_length(const char *text, size_t most)
{
    size_t length = strlen(text);

    if (length <= most)
        return length;
    for (length = most; length > most / 2; length--) {
        if (text[length] == ' ' || strchr(",@", text[length - 1]) != NULL)
            return length;
    }
    return most;
}

/* Prints wrapped lines from y on (file NULL: only counts); the number of lines. */
static int lines(FILE *file, const char *text, int x, int y, int width, const char *style)
{
    int count = 0;

    while (*text != '\0') {
        size_t length = line_length(text, (size_t)(width / CHARACTER));

        if (file != NULL) {
            fprintf(file, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y + count * LINE, style);
            put_text(file, text, length);
            fputs("</text>\n", file);
        }
        text += length;
        text += strspn(text, " ");
        count++;
    }
    return count;
}

static void draw_box(CANVAS *canvas, int x, int width, const char *box, const char *text)
{
    int inner = width - 2 * PAD;
    int height = lines(NULL, text, 0, 0, inner, "") * LINE + 2 * PAD;

    if (canvas->file != NULL) {
        fprintf(canvas->file, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"%s\"/>\n",
                x, canvas->y, width, height, box);
        lines(canvas->file, text, x + PAD, canvas->y + PAD + FONT, inner, "text");
    }
    canvas->y += height + GAP;
}

static void draw_note(CANVAS *canvas, const EVENT *event, const char *box, const char *verb)
{
    char shortened[EVENT_TEXT];
    char text[EVENT_TEXT + 2 * EVENT_NAME];

    shorten(shortened, sizeof(shortened), event->text);
    snprintf(text, sizeof(text), "%s%s%s%s%s", event->clause, *event->clause != '\0' ? ": " : "",
             verb, event->kind == EVENT_VALUE ? event->name : "",
             event->kind == EVENT_VALUE ? " = " : "");
    strncat(text, shortened, sizeof(text) - strlen(text) - 1);
    draw_box(canvas, column_of(event->at) - NOTE / 2, NOTE, box, text);
}

static void draw_arrow(CANVAS *canvas, const EVENT *event)
{
    char shortened[EVENT_TEXT];
    char text[EVENT_TEXT + EVENT_NAME + 4];
    int from = column_of(event->at);
    int to = column_of(event->to);
    int left = (from < to ? from : to) + PAD;
    int width = abs(to - from) - 2 * PAD;
    int height;

    shorten(shortened, sizeof(shortened), event->text);
    snprintf(text, sizeof(text), "%s: %s", event->clause, shortened);
    if (width < NOTE)
        width = NOTE;
    height = lines(NULL, text, 0, 0, width, "") * LINE;
    if (canvas->file != NULL) {
        fprintf(canvas->file,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"label\"/>\n", left,
                canvas->y, width, height);
        lines(canvas->file, text, left, canvas->y + FONT, width, "text");
        fprintf(canvas->file,
                "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"arrow\" "
                "marker-end=\"url(#head)\"/>\n",
                from, canvas->y + height + PAD, to, canvas->y + height + PAD);
    }
    canvas->y += height + PAD + GAP;
}

static void draw_event(CANVAS *canvas, const EVENT *event)
{
    switch (event->kind) {
    case EVENT_NOTE:
        draw_note(canvas, event, "note", "");
        break;
    case EVENT_MESSAGE:
        draw_arrow(canvas, event);
        break;
    case EVENT_REFUSAL:
        draw_note(canvas, event, "refusal", "REFUSES: ");
        break;
    case EVENT_VALUE:
        draw_note(canvas, event, "value", "");
        break;
    case EVENT_FAILED:
        draw_note(canvas, event, "note", "gets no further: ");
        break;
    case EVENT_DONE:
        break;
    }
}

static void draw_scene(CANVAS *canvas, const SCENE *scene, unsigned int *part)
{
    char text[300];

    if (scene->title != NULL) {
        snprintf(text, sizeof(text), "%u. %s (TS-0003 %s)", ++*part, scene->title, scene->clauses);
        canvas->y += GAP;
        draw_box(canvas, MARGIN, total_width() - 2 * MARGIN, "part", text);
    }
    if (scene->tries != NULL)
        draw_box(canvas, MARGIN, total_width() - 2 * MARGIN, "attempt", scene->tries);
}

static void draw_all(CANVAS *canvas, const JOURNAL *journal)
{
    size_t entry = 0;
    unsigned int part = 0;

    canvas->y = MARGIN + HEAD;
    for (size_t i = 0; i < scene_count; i++) {
        if (journal->outcomes[i] == OUTCOME_NONE)
            break;
        draw_scene(canvas, &scenes[i], &part);
        for (; entry < journal->count && journal->entries[entry].scene <= i; entry++)
            draw_event(canvas, &journal->entries[entry].event);
    }
}

static void draw_frame(FILE *file, int height)
{
    static const char style[] =
        "<style>\n"
        ".text { font: 13px 'DejaVu Sans Mono', 'Liberation Mono', monospace; fill: #111; }\n"
        ".name { font: bold 18px sans-serif; fill: #111; text-anchor: middle; }\n"
        ".title { font: 13px sans-serif; fill: #333; text-anchor: middle; }\n"
        ".paper { fill: #fff; }\n"
        ".life { stroke: #999; stroke-dasharray: 6 4; }\n"
        ".arrow { stroke: #124a80; stroke-width: 1.6; }\n"
        ".label { fill: #fff; fill-opacity: 0.9; }\n"
        ".note { fill: #f3f3ee; stroke: #b5b5a5; }\n"
        ".value { fill: #e6f2e4; stroke: #7aa874; }\n"
        ".refusal { fill: #fbe3e0; stroke: #b5483a; }\n"
        ".part { fill: #dbe7f3; stroke: #7f9fbf; }\n"
        ".attempt { fill: #fdf3dc; stroke: #c9a75a; }\n"
        "</style>\n";

    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\">\n"
            "<title>oneM2M TS-0003: the life of a key, a run of onem2m-demo</title>\n%s"
            "<defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"10\" refY=\"5\" "
            "markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
            "<path d=\"M0,0 L10,5 L0,10 z\" fill=\"#124a80\"/></marker></defs>\n"
            "<rect width=\"%d\" height=\"%d\" class=\"paper\"/>\n",
            total_width(), height, total_width(), height, style, total_width(), height);
    for (int i = 0; i < MEMBERS; i++) {
        const MEMBER *member = &members[order[i]];
        int x = column_of(member->name);

        fprintf(file,
                "<text x=\"%d\" y=\"%d\" class=\"name\">%s</text>\n"
                "<text x=\"%d\" y=\"%d\" class=\"title\">%s</text>\n"
                "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"life\"/>\n",
                x, MARGIN + 18, member->name, x, MARGIN + 40, member->title, x, MARGIN + 52, x,
                height - MARGIN);
    }
}

int diagram_write(const char *path, const JOURNAL *journal)
{
    CANVAS canvas = { NULL, 0 };
    int written;

    draw_all(&canvas, journal);
    canvas.file = fopen(path, "w");
    if (canvas.file != NULL) {
        draw_frame(canvas.file, canvas.y + MARGIN);
        draw_all(&canvas, journal);
        fputs("</svg>\n", canvas.file);
    }
    written = canvas.file != NULL && fflush(canvas.file) == 0 && !ferror(canvas.file);
    if (!written)
        fprintf(stderr, "onem2m-demo: %s: %s\n", path, strerror(errno));
    if (canvas.file != NULL)
        fclose(canvas.file);
    return written;
}
