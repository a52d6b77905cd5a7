/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_none.c - in place of html.c in builds without libxml2: pages are recognised and refused. */
#include "datasets/html.h"

#include "base/try.h"

nf_status nfi_html_read(nfi_page *out, nf_str html, nfi_arena *arena, nf_err *err)
{
    (void)out;
    (void)html;
    (void)arena;
    return NF_FAIL(err, NF_EFORMAT, "this build cannot read HTML: it was made without libxml2");
}

const bool nfi_has_html = false;
const char *const nfi_html_feature = "no HTML: made without libxml2";
