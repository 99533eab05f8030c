#!/usr/bin/env python3
# Copyright 2026 The onem2m-provider authors
# SPDX-License-Identifier: Apache-2.0
#
# Seals a record after docs/store-format.md alone, with libcrypto's AES-256-GCM
# and nothing of this project: its output is the fixed record of test_record.c.
import ctypes
import ctypes.util

KEY = bytes(range(32))
IDENTITY = bytes(range(0xA0, 0xB0))
IV = bytes(range(0x10, 0x1C))
SECRET = bytes(range(0x40, 0x60))
NAME = b"82CA6FADC18789491AA65339C51B58A3@mef.example.com\x00\x02"
EPOCH = 258
ATTRIBUTES = {
    1: 2,  # kind: ke
    3: 1,  # state: active
    4: 1800000000,  # created
    5: 1800086400,  # not-after
    6: 1,  # kind of the parent: kpm
    8: 1,  # registration
    10: 1,  # no octets derived
    11: 0b10001,  # SUIDs 21 and 25
    16: "82CA6FADC18789491AA65339C51B58A3@mef.example.com",
    17: "enrolee1@mef.example.com",
    18: "//sp.example.com/Sa",
    20: "//sp.example.com/cse1=cse1.example.com //sp.example.com/cse2",
    21: "m\u00e4rz",
    24: "https://in.example.com/base",
}


def head(kind, value):
    if value < 24:
        return bytes([kind << 5 | value])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 1 << 8 * size:
            return bytes([kind << 5 | code]) + value.to_bytes(size, "big")
    raise ValueError(value)


def cbor(item):
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item.encode())) + item.encode()
    if isinstance(item, list):
        return head(4, len(item)) + b"".join(map(cbor, item))
    pairs = sorted((cbor(key), cbor(value)) for key, value in item.items())
    return head(5, len(pairs)) + b"".join(key + value for key, value in pairs)


def aes_256_gcm(key, iv, additional, plaintext):
    libcrypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
    for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
        getattr(libcrypto, name).restype = ctypes.c_void_p
    context = ctypes.c_void_p(libcrypto.EVP_CIPHER_CTX_new())
    aes = ctypes.c_void_p(libcrypto.EVP_aes_256_gcm())
    length, out, tag = ctypes.c_int(), ctypes.create_string_buffer(1024), ctypes.create_string_buffer(16)
    update = libcrypto.EVP_EncryptUpdate
    assert libcrypto.EVP_EncryptInit_ex(context, aes, None, key, iv) == 1
    assert update(context, None, ctypes.byref(length), additional, len(additional)) == 1
    assert update(context, out, ctypes.byref(length), plaintext, len(plaintext)) == 1
    assert libcrypto.EVP_EncryptFinal_ex(context, tag, ctypes.byref(length)) == 1
    assert libcrypto.EVP_CIPHER_CTX_ctrl(context, 0x10, 16, tag) == 1
    libcrypto.EVP_CIPHER_CTX_free(context)
    return out.raw[: len(plaintext)] + tag.raw


protected = cbor({1: 3, -65537: EPOCH, -65538: ATTRIBUTES})
enc_structure = cbor(["Encrypt0", protected, cbor([IDENTITY, NAME])])
ciphertext = aes_256_gcm(KEY, IV, enc_structure, cbor({1: 4, -1: SECRET}))
digits = cbor([protected, {5: IV}, ciphertext]).hex()
for start in range(0, len(digits), 80):
    print('    "%s"' % digits[start : start + 80])
