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

ChatStorageFile *
chat_storage_file_copy (const ChatStorageFile *file)
{
  ChatStorageFile *copy = g_memdup2 (file, sizeof *file);

  copy->address = g_strdup (file->address);
  copy->name = g_strdup (file->name);
  copy->media_type = g_strdup (file->media_type);
  copy->sha256 = g_strdup (file->sha256);
  copy->preview = g_strdup (file->preview);
  return copy;
}

void
chat_storage_file_free (ChatStorageFile *file)
{
  if (file == NULL)
    return;
  g_free (file->address);
  g_free (file->name);
  g_free (file->media_type);
  g_free (file->sha256);
  g_free (file->preview);
  g_free (file);
}

void
chat_storage_message_free (ChatStorageMessage *message)
{
  if (message == NULL)
    return;
  g_free (message->sender);
  g_free (message->text);
  g_free (message->client_ref);
  chat_storage_file_free (message->file);
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
  g_free (job->address);
  chat_storage_file_free (job->file);
  g_free (job);
}

/* The inbox of another thread */

struct _ChatStorageInbox
{
  GMutex          mutex;
  GSource        *source;
  ChatStorageJob *head;
  ChatStorageJob *tail;
};

typedef struct
{
  GSource           parent;
  ChatStorageInbox *inbox;      /* unowned: the inbox destroys the source */
} InboxSource;

static gboolean
inbox_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  ChatStorageInbox *self = ((InboxSource *) source)->inbox;
  ChatStorageJob *job;

  g_mutex_lock (&self->mutex);
  g_source_set_ready_time (source, -1);
  job = g_steal_pointer (&self->head);
  self->tail = NULL;
  g_mutex_unlock (&self->mutex);

  while (job != NULL)
    {
      ChatStorageJob *next = job->next;

      job->next = NULL;
      job->done (job, job->user_data);
      chat_storage_job_free (job);
      job = next;
    }
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs inbox_source_funcs = { NULL, NULL, inbox_dispatch, NULL, NULL, NULL };

ChatStorageInbox *
chat_storage_inbox_new (void)
{
  ChatStorageInbox *self = g_new0 (ChatStorageInbox, 1);

  g_mutex_init (&self->mutex);
  self->source = g_source_new (&inbox_source_funcs, sizeof (InboxSource));
  ((InboxSource *) self->source)->inbox = self;
  g_source_set_static_name (self->source, "ChatStorageInbox");
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

void
chat_storage_inbox_free (ChatStorageInbox *self)
{
  g_assert (self->head == NULL);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
chat_storage_inbox_push (ChatStorageInbox *self, ChatStorageJob *jobs)
{
  ChatStorageJob *tail = jobs;

  while (tail->next != NULL)
    tail = tail->next;
  g_mutex_lock (&self->mutex);
  if (self->tail != NULL)
    self->tail->next = jobs;
  else
    {
      self->head = jobs;
      g_source_set_ready_time (self->source, 0);
    }
  self->tail = tail;
  g_mutex_unlock (&self->mutex);
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
