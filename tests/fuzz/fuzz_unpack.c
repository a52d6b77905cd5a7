/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a compressed stream and as an archive: read to the end or refused with words, never more than the limits allow. */
#include "base/try.h"
#include "datasets/unpack.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 1 << 20 };

static void drain(nfi_unpack *u, uint64_t *total, nf_status *s, nf_err *err)
{
    char block[5000];
    size_t got = 1;

    while (*s == NF_OK && got > 0) {
        *s = nfi_unpack_read(u, block, sizeof block, &got, err);
        *total += got;
    }
    NF_ASSERT(*total <= MOST + sizeof block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nfi_memory mem = {(const char *)data, size};

    for (int archive = 0; archive <= 1; archive++) {
        nfi_unpack *u = NULL;
        nf_err err = {0};
        uint64_t total = 0;
        bool found = true;
        nf_status s = nfi_unpack_open(&u, NULL, &mem, "fuzz", archive != 0, MOST, &err);
        if (s == NF_OK && !archive)
            drain(u, &total, &s, &err);
        while (s == NF_OK && archive && found) {
            nfi_member m;
            s = nfi_unpack_next(u, &m, &found, &err);
            if (s == NF_OK && found)
                NF_ASSERT(m.folder || m.fault || (m.name[0] && m.name[0] != '/' && !strstr(m.name, "/../")));
            if (s == NF_OK && found && total % 2 == 0) /* some are passed over */
                drain(u, &total, &s, &err);
        }
        NF_ASSERT(s == NF_OK || (err.code == s && err.msg[0] && !strchr(err.msg, '\n')));
        nfi_unpack_close(u);
    }
    return 0;
}
