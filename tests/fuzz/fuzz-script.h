/* fuzz-script.h: inputs that are scripts: lines of text, one step each
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "fuzz.h"

G_BEGIN_DECLS

/* Steps of one script; what follows is not run (a limit for speed alone) */
#define FUZZ_MAX_STEPS 40

/**
 * FuzzWords: what the mutator knows of a target
 * @heads: what a step may begin with
 * @lines: whole steps, to be put in
 * @strings: what may stand in a JSON string
 *
 * Each ends with %NULL. A target that includes this defines `fuzz_words`.
 */
typedef struct
{
  const char *const *heads;
  const char *const *lines;
  const char *const *strings;
} FuzzWords;
extern const FuzzWords fuzz_words;

/** fuzz_script_split: Returns: (transfer full): the steps, at most %FUZZ_MAX_STEPS: each may hold any byte but "\n" */
GPtrArray *fuzz_script_split  (const guint8 *data,
                               gsize         size);
/** fuzz_script_expand: Returns: (transfer full): @line with each "#" replaced by what @number returns, and each "@N" (N of one or two
 * digits) by N + @base. @number: (nullable): then "#" stays */
typedef gint64 (*FuzzNumber)  (gpointer      user_data);
GString   *fuzz_script_expand (const char   *line,
                               gsize         length,
                               gint64        base,
                               FuzzNumber    number,
                               gpointer      user_data);

G_END_DECLS
