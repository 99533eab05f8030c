/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "private_file.h"
#include "seal_file.h"

static int refuse_file(ONEM2M_ERROR *error, const char *path, const char *what)
{
    char described[ONEM2M_QUOTED_MAX];

    return onem2m_refuse(error, ONEM2M_R_BAD_SEAL, ONEM2M_NO_OFFSET, "seal file %s: %s",
                         onem2m_quote(described, path), what);
}

static int refuse_errno(ONEM2M_ERROR *error, const char *path, int number)
{
    const char *what = strerrordesc_np(number); /* in English whatever the locale */

    return refuse_file(error, path, what != NULL ? what : "an error of the system");
}

static int check_file(int fd, const char *path, ONEM2M_ERROR *error)
{
    struct stat status;
    const char *fault;

    if (fstat(fd, &status) != 0)
        return refuse_errno(error, path, errno);
    fault = onem2m_private_file_fault(&status);
    if (fault != NULL)
        return refuse_file(error, path, fault);
    if (status.st_size != ONEM2M_SEAL_OCTETS)
        return refuse_file(error, path, "it is not 32 octets long");
    return 1;
}

static int read_octets(int fd, unsigned char *octets, size_t length)
{
    size_t done = 0;

    while (done < length) {
        const ssize_t n = read(fd, octets + done, length - done);

        if (n <= 0 && !(n < 0 && errno == EINTR))
            return 0;
        if (n > 0)
            done += (size_t)n;
    }
    return 1;
}

static int read_seal(ONEM2M_SEAL *seal, int fd, const char *path, ONEM2M_ERROR *error)
{
    unsigned char octets[ONEM2M_SEAL_OCTETS];
    int ok = read_octets(fd, octets, sizeof(octets)) || refuse_file(error, path, "it is cut short");

    if (ok && !onem2m_secret_reserve(&seal->secret, sizeof(octets)))
        ok = onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    if (ok)
        onem2m_secret_assign(&seal->secret, octets, sizeof(octets));
    OPENSSL_cleanse(octets, sizeof(octets));
    return ok;
}

int onem2m_seal_file_open(ONEM2M_SEAL *seal, const char *path, ONEM2M_ERROR *error)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int ok;

    if (fd < 0)
        return refuse_errno(error, path, errno);
    ok = check_file(fd, path, error) && read_seal(seal, fd, path, error);
    close(fd);
    return ok;
}

static int write_octets(int fd, const unsigned char *octets, size_t length)
{
    size_t done = 0;

    while (done < length) {
        const ssize_t n = write(fd, octets + done, length - done);

        if (n < 0 && errno != EINTR)
            return 0;
        if (n > 0)
            done += (size_t)n;
    }
    return fsync(fd) == 0;
}

/* A new file is there after a power cut only when its directory was written too. */
static int sync_directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory =
        slash == NULL ? OPENSSL_strdup(".") : OPENSSL_strndup(path, (size_t)(slash - path) + 1);
    int fd = -1, ok;

    if (directory != NULL)
        fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    OPENSSL_free(directory);
    ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static int create_file(const char *path, const unsigned char octets[ONEM2M_SEAL_OCTETS],
                       ONEM2M_ERROR *error)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);

    if (fd < 0)
        return refuse_errno(error, path, errno);
    /* fchmod: a umask may have taken from the owner too. */
    if (fchmod(fd, S_IRUSR | S_IWUSR) == 0 && write_octets(fd, octets, ONEM2M_SEAL_OCTETS) &&
        sync_directory_of(path)) {
        close(fd);
        return 1;
    }
    refuse_errno(error, path, errno);
    close(fd);
    unlink(path);
    return 0;
}

int onem2m_seal_file_create(const char *path, OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error)
{
    unsigned char octets[ONEM2M_SEAL_OCTETS];
    int ok;

    if (RAND_priv_bytes_ex(libctx, octets, sizeof(octets), 0) <= 0)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                             "no random octets for a seal");
    ok = create_file(path, octets, error);
    OPENSSL_cleanse(octets, sizeof(octets));
    return ok;
}
