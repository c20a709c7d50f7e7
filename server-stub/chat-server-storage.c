/* chat-server-storage.c: the jobs of a storage and what they carry
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-storage.h"

#include "chat-server-hasher.h"

G_DEFINE_INTERFACE (ChatServerStorage, chat_server_storage, G_TYPE_OBJECT)

static void
chat_server_storage_default_init (ChatServerStorageInterface *iface)
{
}

ChatStorageMembers *
chat_storage_members_new (const gint64 *ids, guint n_ids)
{
  ChatStorageMembers *members = g_malloc (sizeof *members + n_ids * sizeof (gint64));

  g_atomic_ref_count_init (&members->refs);
  members->n_ids = n_ids;
  if (n_ids > 0)
    memcpy (members->ids, ids, n_ids * sizeof (gint64));
  return members;
}

ChatStorageMembers *
chat_storage_members_ref (ChatStorageMembers *members)
{
  g_atomic_ref_count_inc (&members->refs);
  return members;
}

void
chat_storage_members_unref (ChatStorageMembers *members)
{
  if (g_atomic_ref_count_dec (&members->refs))
    g_free (members);
}

void
chat_storage_message_free (ChatStorageMessage *message)
{
  if (message == NULL)
    return;
  g_free (message->sender);
  g_free (message->text);
  g_free (message->client_ref);
  g_free (message);
}

void
chat_storage_room_free (ChatStorageRoom *room)
{
  if (room == NULL)
    return;
  g_free (room->name);
  g_strfreev (room->members);
  g_free (room->members_read);
  g_free (room->members_delivered);
  chat_storage_message_free (room->last_message);
  g_free (room);
}

void
chat_storage_change_free (ChatStorageChange *change)
{
  if (change == NULL)
    return;
  chat_storage_message_free (change->message);
  g_free (change->name);
  g_free (change);
}

void
chat_storage_contact_free (ChatStorageContact *contact)
{
  if (contact == NULL)
    return;
  g_free (contact->name);
  g_free (contact);
}

void
chat_storage_token_free (ChatStorageToken *token)
{
  if (token == NULL)
    return;
  g_free (token->device);
  g_free (token);
}

ChatStorageJob *
chat_storage_job_new (ChatStorageOp op, ChatStorageDone done, gpointer user_data)
{
  ChatStorageJob *job = g_new0 (ChatStorageJob, 1);

  job->op = op;
  job->done = done;
  job->user_data = user_data;
  job->set_muted = -1;
  job->set_pinned = -1;
  return job;
}

void
chat_storage_job_free (ChatStorageJob *job)
{
  if (job == NULL)
    return;
  g_free (job->name);
  chat_server_secret_free (job->secret);
  /* The expected hash of a password too stands here */
  g_free (job->text);
  g_free (job->client_ref);
  g_clear_pointer (&job->members, chat_storage_members_unref);
  g_strfreev (job->names);
  g_clear_pointer (&job->messages, g_ptr_array_unref);
  g_clear_pointer (&job->rooms, g_ptr_array_unref);
  g_clear_pointer (&job->tokens, g_ptr_array_unref);
  g_clear_pointer (&job->changes, g_ptr_array_unref);
  g_clear_pointer (&job->contacts, g_ptr_array_unref);
  g_free (job);
}

void
chat_server_storage_submit (ChatServerStorage *self, ChatStorageJob *job)
{
  g_return_if_fail (CHAT_IS_SERVER_STORAGE (self));
  g_return_if_fail (job != NULL && job->op < CHAT_N_STORAGE_OPS && job->done != NULL);

  CHAT_SERVER_STORAGE_GET_IFACE (self)->submit (self, job);
}

void
chat_server_storage_close (ChatServerStorage *self)
{
  g_return_if_fail (CHAT_IS_SERVER_STORAGE (self));

  CHAT_SERVER_STORAGE_GET_IFACE (self)->close (self);
}
