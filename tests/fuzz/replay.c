/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Runs a fuzz target, without a fuzzer, over the files of a directory: each as
 * it is, cut after every octet, and with every octet, or every STEP-th, replaced by some others.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_variants(uint8_t *data, size_t size, size_t step)
{
    static const uint8_t replacements[] = { 0x00, '\n', ' ',  '-',  '.',  '/',  '=',
                                            '@',  'A',  'C',  'a',  '0',  0x7F, 0x80,
                                            0xC3, 0xE2, 0xED, 0xEF, 0xF0, 0xFF };

    for (size_t i = 0; i <= size; i++)
        LLVMFuzzerTestOneInput(data, i);
    for (size_t i = 1; i < size; i += step) {
        uint8_t kept = data[i];

        for (size_t k = 0; k < sizeof(replacements); k++) {
            data[i] = replacements[k];
            LLVMFuzzerTestOneInput(data, size);
        }
        data[i] = kept;
    }
}

static int run_file(const char *directory, const char *name, size_t step)
{
    static uint8_t data[INPUT_MAX];
    char path[4096];
    size_t size;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 0;
    }
    size = fread(data, 1, sizeof(data), file);
    fclose(file);
    run_variants(data, size, step);
    return 1;
}

static int run_directory(const char *directory, size_t step)
{
    DIR *entries = opendir(directory);
    struct dirent *entry;
    int count = 0, good = 1;

    if (entries == NULL) {
        perror(directory);
        return 0;
    }
    while ((entry = readdir(entries)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        good &= run_file(directory, entry->d_name, step);
        count++;
    }
    closedir(entries);
    printf("%d files of %s\n", count, directory);
    return good && count > 0;
}

int main(int argc, char **argv)
{
    size_t step = argc == 3 ? strtoul(argv[2], NULL, 10) : 1;

    if (argc < 2 || argc > 3 || step == 0) {
        fprintf(stderr, "usage: %s DIRECTORY [STEP]\n", argv[0]);
        return EXIT_FAILURE;
    }
    return run_directory(argv[1], step) ? EXIT_SUCCESS : EXIT_FAILURE;
}
