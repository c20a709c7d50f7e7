/* fuzz-sqlite.c: lets SQLite take its memory past the sanitizer, which would take most of the time of each input
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sqlite3.h>
#include <stddef.h>

/* Linked into the fuzzer alone: where the corpus is replayed SQLite's memory is watched too. glibc's own functions, under the names by
 * which the sanitizer does not find them */
void *__libc_malloc  (size_t size);
void *__libc_realloc (void *memory, size_t size);
void  __libc_free    (void *memory);

typedef union
{
  int         size;
  max_align_t align;
} Head;

static void *
take (int size)
{
  Head *head = __libc_malloc (sizeof (Head) + (size_t) size);

  if (head == NULL)
    return NULL;
  head->size = size;
  return head + 1;
}

static void
give (void *memory)
{
  __libc_free ((Head *) memory - 1);
}

static void *
change (void *memory,
        int   size)
{
  Head *head = __libc_realloc ((Head *) memory - 1, sizeof (Head) + (size_t) size);

  if (head == NULL)
    return NULL;
  head->size = size;
  return head + 1;
}

static int
get_size (void *memory)
{
  return ((Head *) memory - 1)->size;
}

static int
round_up (int size)
{
  return (size + 7) & ~7;
}

static int
begin (void *data)
{
  return SQLITE_OK;
}

static void
end (void *data)
{
}

static const sqlite3_mem_methods methods = { take, give, change, get_size, round_up, begin, end, NULL };

__attribute__ ((constructor)) static void
set_up (void)
{
  sqlite3_config (SQLITE_CONFIG_MALLOC, &methods);
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
}
