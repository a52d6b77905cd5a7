/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fail.h - the heap of the OOM tests, linked in place of base/mem.c: counts live blocks and fails on demand. */
#ifndef OOM_FAIL_H
#define OOM_FAIL_H

#include <stdbool.h>
#include <stdint.h>

/* The n-th request from now on fails (n >= 1), and with persistent every later one. */
void oom_arm(uint64_t n, bool persistent);
/* No request fails any more. Returns whether one did. */
bool oom_disarm(void);
int64_t oom_live(void); /* blocks handed out and not freed */

#endif
