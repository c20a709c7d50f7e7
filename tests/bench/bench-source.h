/* bench-source.h: a room of any number of messages that are made as they are asked for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-message-source.h"

G_BEGIN_DECLS

#define BENCH_TYPE_SOURCE (bench_source_get_type ())
G_DECLARE_FINAL_TYPE (BenchSource, bench_source, BENCH, SOURCE, GObject)

/** bench_source_new: a room of @n_messages, with the ids 1 to @n_messages, the same ones each time */
BenchSource *bench_source_new (guint n_messages);

G_END_DECLS
