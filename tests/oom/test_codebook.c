/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codebooks and lexicons while memory runs out. */
#include "oom/oom.h"

#include "newsframe/codebook.h"

static const char seeds[] = "{\"id\":\"x\",\"odd\":1,\"frames\":[{\"key\":\"war\",\"seeds\":[\"troop*\",\"missile\"]},"
                            "{\"key\":\"money\",\"seeds\":[\"tax\"]},{\"key\":\"talks\",\"seeds\":[\"summit talks\"]}]}";

/* in[0]: JSON, in[1]: its length */
static nf_status codebook(oom_env *env, nf_err *err)
{
    nf_codebook *cb = OOM_UNTOUCHED(nf_codebook);
    nf_lexicon *lx = OOM_UNTOUCHED(nf_lexicon);
    uint64_t count[8];
    nf_str text = {env->in[0], *(const size_t *)env->in[1]};

    nf_status s = nf_codebook_parse(&cb, env->in[0], *(const size_t *)env->in[1], "cb.json", err);
    OOM_OUT(s, cb);
    if (s != NF_OK)
        return s;
    s = nf_lexicon_new(&lx, cb, NULL, err);
    OOM_OUT(s, lx);
    if (s == NF_OK) {
        s = nf_codebook_count(lx, text, text, count, NULL, err);
        nf_lexicon_free(lx);
    }
    nf_codebook_free(cb);
    return s;
}

START_TEST(codebooks_are_read_or_not)
{
    size_t n = sizeof seeds - 1;
    oom_env env = {.in = {seeds, &n}};

    oom_run("nf_codebook_parse, nf_lexicon_new, nf_codebook_count", codebook, &env);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("oom_codebook");
    TCase *t = tcase_create("codebook");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, codebooks_are_read_or_not);
    suite_add_tcase(s, t);
    return nft_run(s);
}
