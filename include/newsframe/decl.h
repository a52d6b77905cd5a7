/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decl.h - export, must-check and C++ linkage macros used by every public header. */
#ifndef NEWSFRAME_DECL_H
#define NEWSFRAME_DECL_H

#if defined(__GNUC__)
#define NF_API __attribute__((visibility("default")))
#define NF_MUST_CHECK __attribute__((warn_unused_result))
#else
#define NF_API
#define NF_MUST_CHECK
#endif

#ifdef __cplusplus
#define NF_BEGIN_DECLS extern "C" {
#define NF_END_DECLS }
#else
#define NF_BEGIN_DECLS
#define NF_END_DECLS
#endif

#endif
