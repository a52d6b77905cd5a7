/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lazy.c - opening a library once. Its names stay its own: they do not become visible to other libraries. */
#include "base/lazy.h"

#include "base/try.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

static nf_status open_all(nfi_lazy *lib, nf_err *err)
{
    void *handle = dlopen(lib->soname, RTLD_NOW | RTLD_LOCAL);

    if (!handle) {
        const char *why = dlerror();
        return NF_FAIL(err, NF_EIO, "cannot open the library %s, install the package %s: %s", lib->soname, lib->package,
                       why ? why : "no more is known");
    }
    for (size_t i = 0; i < lib->n; i++) {
        void *at = dlsym(handle, lib->row[i].name);
        if (!at) {
            dlclose(handle);
            return NF_FAIL(err, NF_EIO, "the library %s has no %s, install the package %s of this system again", lib->soname,
                           lib->row[i].name, lib->package);
        }
        memcpy((char *)lib->calls + lib->row[i].at, &at,
               sizeof at); /* C has no conversion to a function pointer, POSIX promises the bytes */
    }
    if (lib->begin)
        lib->begin();
    return NF_OK;
}

nf_status nfi_lazy_open(nfi_lazy *lib, nf_err *err)
{
    nf_status s = NF_OK;

    if (atomic_load_explicit(&lib->state.open, memory_order_acquire))
        return NF_OK;
    pthread_mutex_lock(&lib->state.lock);
    if (!atomic_load_explicit(&lib->state.open, memory_order_relaxed) && (s = open_all(lib, err)) == NF_OK)
        atomic_store_explicit(&lib->state.open, true, memory_order_release);
    pthread_mutex_unlock(&lib->state.lock);
    return s;
}
