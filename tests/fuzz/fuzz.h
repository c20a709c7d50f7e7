/* fuzz.h: what the fuzz targets share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A target is one file that defines these two. libFuzzer calls them, and so does fuzz-replay.c with what is kept in corpus/ */
int      LLVMFuzzerInitialize   (int            *argc,
                                 char         ***argv);
int      LLVMFuzzerTestOneInput (const guint8   *data,
                                 gsize           size);

/** fuzz_init: nothing is printed but what ends the program: every warning and worse */
void     fuzz_init              (void);
/** fuzz_check: ends the program, as a finding, where @condition does not hold; unlike an assertion it names what it is about */
#define fuzz_check(condition, ...)                                   \
  G_STMT_START                                                       \
  {                                                                  \
    if (!(condition))                                                \
      fuzz_fail (__FILE__, __LINE__, #condition, __VA_ARGS__);       \
  }                                                                  \
  G_STMT_END
void     fuzz_fail              (const char     *file,
                                 int             line,
                                 const char     *condition,
                                 const char     *format,
                                 ...) G_GNUC_PRINTF (4, 5) G_GNUC_NORETURN;
/** fuzz_temp_dir: Returns: (transfer none): an empty folder in memory where there is one; removed at the end of the program */
const char *fuzz_temp_dir       (void);
/** fuzz_empty_dir: removes the files that are in @path */
void     fuzz_empty_dir         (const char     *path);

G_END_DECLS
