/* chat-server-limits.c: token buckets
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-limits.h"

#define MAX_NAMES 65536

struct _ChatServerMeter
{
  GHashTable *buckets;
  double      burst;
  double      rate;
  guint       sweep_at;     /* how many names bring the next sweep */
};

static void
refill (ChatServerBucket *bucket,
        double            rate,
        gint64            now)
{
  if (now > bucket->when)
    {
      if (bucket->when != 0)
        bucket->used = MAX (0.0, bucket->used - rate * (double) (now - bucket->when) / G_TIME_SPAN_SECOND);
      bucket->when = now;
    }
}

guint
chat_server_bucket_take (ChatServerBucket *bucket,
                         double            burst,
                         double            rate,
                         double            cost,
                         gint64            now)
{
  double missing;

  refill (bucket, rate, now);
  missing = bucket->used + cost - burst;
  if (missing > 0)
    {
      double seconds = MIN (missing / rate, G_MAXINT - 1);
      guint whole = (guint) seconds;

      return MAX (1, whole < seconds ? whole + 1 : whole);
    }
  bucket->used += cost;
  return 0;
}

void
chat_server_bucket_charge (ChatServerBucket *bucket,
                           double            cost)
{
  bucket->used += cost;
}

ChatServerMeter *
chat_server_meter_new (double burst,
                       double rate)
{
  ChatServerMeter *self = g_new0 (ChatServerMeter, 1);

  self->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->burst = burst;
  self->rate = rate;
  self->sweep_at = 1024;
  return self;
}

void
chat_server_meter_free (ChatServerMeter *self)
{
  g_hash_table_unref (self->buckets);
  g_free (self);
}

/* Forgets the buckets that are full again, and, if that is not enough, all that were last used before the middle of the
 * time that the others span */
static void
sweep (ChatServerMeter *self,
       gint64           now)
{
  GHashTableIter iter;
  ChatServerBucket *bucket;
  gint64 oldest = now;
  gint64 middle;

  g_hash_table_iter_init (&iter, self->buckets);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &bucket))
    {
      if (bucket->used <= self->rate * (double) (now - bucket->when) / G_TIME_SPAN_SECOND)
        g_hash_table_iter_remove (&iter);
      else
        oldest = MIN (oldest, bucket->when);
    }
  if (g_hash_table_size (self->buckets) >= MAX_NAMES)
    {
      middle = oldest + (now - oldest) / 2;
      g_hash_table_iter_init (&iter, self->buckets);
      while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &bucket))
        if (bucket->when <= middle)
          g_hash_table_iter_remove (&iter);
    }
  self->sweep_at = CLAMP (g_hash_table_size (self->buckets) * 2, 1024, MAX_NAMES);
}

guint
chat_server_meter_take (ChatServerMeter *self,
                        const char      *name,
                        double           cost,
                        gint64           now)
{
  ChatServerBucket *bucket = g_hash_table_lookup (self->buckets, name);

  if (bucket == NULL)
    {
      if (g_hash_table_size (self->buckets) >= self->sweep_at)
        sweep (self, now);
      bucket = g_new0 (ChatServerBucket, 1);
      g_hash_table_insert (self->buckets, g_strdup (name), bucket);
    }
  return chat_server_bucket_take (bucket, self->burst, self->rate, cost, now);
}

void
chat_server_meter_refund (ChatServerMeter *self,
                          const char      *name,
                          double           cost)
{
  ChatServerBucket *bucket = g_hash_table_lookup (self->buckets, name);

  if (bucket != NULL)
    bucket->used = MAX (0.0, bucket->used - cost);
}

guint
chat_server_meter_get_n_names (ChatServerMeter *self)
{
  return g_hash_table_size (self->buckets);
}
