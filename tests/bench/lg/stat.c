/* stat.c: a histogram, and what /proc tells of a process
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "lg.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* 32 steps for each power of two */
static unsigned
slot_of (uint64_t value)
{
  int e;

  if (value < 32)
    return value;
  e = 63 - __builtin_clzll (value);
  return (e - 4) * 32 + ((value >> (e - 5)) & 31);
}

static uint64_t
value_of (unsigned slot)
{
  return slot < 32 ? slot : (uint64_t) (32 + slot % 32) << (slot / 32 - 1);
}

void
histogram_add (Histogram *histogram, uint64_t value)
{
  histogram->n++;
  histogram->buckets[slot_of (value)]++;
  if (value > histogram->max)
    histogram->max = value;
}

uint64_t
histogram_quantile (const Histogram *histogram, double q)
{
  uint64_t wanted = q * histogram->n, seen = 0;

  for (unsigned i = 0; i < 64 * 32; i++)
    {
      seen += histogram->buckets[i];
      if (seen > wanted)
        return value_of (i);
    }
  return histogram->max;
}

double
process_cpu (int pid)
{
  char path[64], text[1024], *p;
  unsigned long user = 0, system = 0;
  size_t n;
  FILE *file;

  if (pid == 0)
    {
      struct rusage usage;

      getrusage (RUSAGE_SELF, &usage);
      return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    }
  snprintf (path, sizeof path, "/proc/%d/stat", pid);
  file = fopen (path, "r");
  if (file == NULL)
    return 0;
  n = fread (text, 1, sizeof text - 1, file);
  fclose (file);
  text[n] = '\0';
  p = strrchr (text, ')');      /* the name before it may hold anything */
  if (p == NULL ||
      sscanf (p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
    return 0;
  return (double) (user + system) / sysconf (_SC_CLK_TCK);
}

long
process_pss (int pid)
{
  char path[64], line[256];
  long pss = 0;
  FILE *file;

  snprintf (path, sizeof path, "/proc/%d/smaps_rollup", pid);
  file = fopen (path, "r");
  if (file == NULL)
    return 0;
  while (fgets (line, sizeof line, file) != NULL)
    if (sscanf (line, "Pss: %ld", &pss) == 1)
      break;
  fclose (file);
  return pss;
}
