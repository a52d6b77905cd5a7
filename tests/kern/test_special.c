/* SPDX-License-Identifier: GPL-3.0-or-later */
/* find_special() of every row of the kernel table finds what a loop over bytes finds. */
#include "nft.h"

#include "base/kern.h"
#include "base/rng.h"

START_TEST(special_bytes_are_found_where_a_byte_at_a_time_finds_them)
{
    static const uint8_t odd[] = {'"', '\\', 0x1f, 0, '\n', ' ', '!', '#', '[', ']', 0x7f, 0x80, 0xa2, 0xdc, 0xff};
    enum { MOST = 100 };
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    uint64_t seed = nft_seed();
    uint8_t text[MOST + 40];

    for (size_t c = 0; c < 20000; c++) {
        uint64_t r = nfi_mix64(seed + c);
        size_t n = r % (MOST + 1), from = r >> 8 & 31, first = 0;
        bool above = false;
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (uint8_t)('a' + (r >> 16) % 20);
        for (size_t k = 0; k < (r >> 24 & 3); k++)
            text[from + nfi_mix64(r + k) % (MOST + 8)] = odd[nfi_mix64(r - k - 1) % sizeof odd];
        for (; first < n && text[from + first] != '"' && text[from + first] != '\\' && text[from + first] >= 0x20; first++)
            above |= text[from + first] >= 0x80;
        for (size_t q = 0; q < rows; q++) {
            bool high = false, stays = true;
            ck_assert_msg(row[q]->find_special(text + from, n, &high) == first && high == above, "%s: case %zu", row[q]->name, c);
            ck_assert(row[q]->find_special(text + from, n, &stays) == first && stays);
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("special");
    TCase *t = tcase_create("special");
    tcase_add_test(t, special_bytes_are_found_where_a_byte_at_a_time_finds_them);
    suite_add_tcase(s, t);
    return nft_run(s);
}
