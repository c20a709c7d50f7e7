/* fuzz-replay.c: runs a target over files, without a fuzzer: what is kept in corpus/ is tried in every suite
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"

#include <stdlib.h>

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

static void
add_files (GPtrArray  *files,
           const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  if (dir == NULL)
    {
      g_ptr_array_add (files, g_strdup (path));
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (files, g_build_filename (path, name, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);

  for (int i = 1; i < argc; i++)
    add_files (files, argv[i]);
  g_ptr_array_sort (files, compare_names);

  LLVMFuzzerInitialize (&argc, &argv);
  g_print ("1..1\n");
  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *name = g_path_get_basename (files->pdata[i]);
      g_autofree char *contents = NULL;
      g_autofree char *exact = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      if (!g_file_get_contents (files->pdata[i], &contents, &length, &error))
        {
          g_print ("not ok 1 - %s\n# %s\n", name, error->message);
          return EXIT_FAILURE;
        }
      /* Without the NUL that follows, so that reading past the end is seen */
      exact = g_memdup2 (contents, length);
      g_clear_pointer (&contents, g_free);
      /* Said before: it names the one that ends the program */
      g_print ("# %s\n", name);
      LLVMFuzzerTestOneInput ((const guint8 *) exact, length);
    }
  g_print ("ok 1 - %u files\n", files->len);
  return EXIT_SUCCESS;
}
