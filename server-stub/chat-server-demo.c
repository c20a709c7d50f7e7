/* chat-server-demo.c: fills a storage with the sample people and their history
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-demo.h"

#include "chat-error.h"
#include "chat-server-demo-data.h"

static const char *const logins[] = { CHAT_SERVER_DEMO_LOGIN, "grace", "linus", "oksana", "khalid", "mei", "sofia", "jules", NULL };

#define N_PEOPLE     (G_N_ELEMENTS (logins) - 1)
#define MINUTE       ((gint64) 60 * G_USEC_PER_SEC)
#define EDITED_AFTER (2 * MINUTE)
/* The long room begins so many days ago, and its last lines are these many minutes old */
#define LONG_BEGINS  (9 * 24 * 60)
#define LONG_ENDS    (7 * 60)

typedef struct
{
  char         *ref;            /* the client_ref by which it is known */
  const char   *text;
  const char   *edited;
  gint64        date;
  guint         person;         /* whose room with the first it is */
  gboolean      own;
  ChatMessageKind kind;
} Line;

/* The steps follow one another, each waiting for all the answers of the one before: hash, people, rooms, messages, edits */
typedef struct
{
  GTask             *task;      /* unowned: its data */
  ChatServerStorage *storage;
  ChatServerHasher  *hasher;
  char              *hash;
  gint64             people[N_PEOPLE];
  gint64             rooms[N_PEOPLE];
  GArray            *lines;     /* of Line, by date */
  guint              n_waiting;
  gboolean           failed;
} Fill;

typedef struct
{
  Fill  *fill;
  guint  index;
} Asked;

typedef void (*Step) (Fill *fill);

static void make_rooms (Fill *fill);
static void write_messages (Fill *fill);
static void finish (Fill *fill);

const char *const *
chat_server_demo_get_logins (void)
{
  return logins;
}

static void
line_clear (gpointer data)
{
  g_free (((Line *) data)->ref);
}

static void
fill_free (gpointer data)
{
  Fill *fill = data;

  g_object_unref (fill->storage);
  g_object_unref (fill->hasher);
  chat_server_secret_free (fill->hash);
  g_array_unref (fill->lines);
  g_free (fill);
}

static void
ask (Fill *fill, ChatStorageJob *job, ChatStorageDone done, guint index)
{
  Asked *asked = g_new (Asked, 1);

  asked->fill = fill;
  asked->index = index;
  job->done = done;
  job->user_data = asked;
  fill->n_waiting++;
  chat_server_storage_submit (fill->storage, job);
}

/* The last answer of a step begins the next one, or ends it all */
static void
answered (Asked *asked, gboolean ok, Step next)
{
  Fill *fill = asked->fill;

  g_free (asked);
  fill->failed |= !ok;
  if (--fill->n_waiting > 0)
    return;
  if (fill->failed)
    {
      GTask *task = fill->task;

      g_task_return_new_error (task, CHAT_ERROR, CHAT_ERROR_FAILED, "The sample data can not be stored");
      g_object_unref (task);
    }
  else if (g_task_return_error_if_cancelled (fill->task))
    g_object_unref (fill->task);
  else
    next (fill);
}

static void
found_person (ChatStorageJob *job, gpointer user_data)
{
  Asked *asked = user_data;

  asked->fill->people[asked->index] = job->user_id;
  answered (asked, job->status == CHAT_STATUS_SUCCESS, make_rooms);
}

static void
made_person (ChatStorageJob *job, gpointer user_data)
{
  Asked *asked = user_data;

  if (job->status == CHAT_STATUS_SIGNUP_USER_EXIST)
    {
      ChatStorageJob *find = chat_storage_job_new (CHAT_STORAGE_FIND_USER, found_person, NULL);

      find->name = g_strdup (logins[asked->index]);
      ask (asked->fill, find, found_person, asked->index);
    }
  else
    asked->fill->people[asked->index] = job->user_id;
  answered (asked, job->status == CHAT_STATUS_SUCCESS || job->status == CHAT_STATUS_SIGNUP_USER_EXIST, make_rooms);
}

static void
made_room (ChatStorageJob *job, gpointer user_data)
{
  Asked *asked = user_data;

  asked->fill->rooms[asked->index] = job->room_id;
  answered (asked, job->status == CHAT_STATUS_SUCCESS, write_messages);
}

static void
make_rooms (Fill *fill)
{
  for (guint i = 1; i < N_PEOPLE; i++)
    {
      ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_ADD_ROOM, made_room, NULL);

      job->user_id = fill->people[0];
      job->name = g_strdup (logins[i]);
      ask (fill, job, made_room, i);
    }
}

static void
edited (ChatStorageJob *job, gpointer user_data)
{
  /* Somebody may have deleted it meanwhile */
  answered (user_data, job->status == CHAT_STATUS_SUCCESS || job->status == CHAT_STATUS_MESSAGE_DOES_NOT_EXIST, finish);
}

static void
wrote (ChatStorageJob *job, gpointer user_data)
{
  Asked *asked = user_data;
  Line *line = &g_array_index (asked->fill->lines, Line, asked->index);

  /* One that was there before may have been edited by its owner since: it is left alone */
  if (job->status == CHAT_STATUS_SUCCESS && job->created && line->edited != NULL)
    {
      ChatStorageJob *edit = chat_storage_job_new (CHAT_STORAGE_EDIT_MESSAGE, edited, NULL);

      edit->user_id = job->user_id;
      edit->message_id = job->message_id;
      edit->text = g_strdup (line->edited);
      edit->date = line->date + EDITED_AFTER;
      ask (asked->fill, edit, edited, asked->index);
    }
  answered (asked, job->status == CHAT_STATUS_SUCCESS, finish);
}

static void
write_messages (Fill *fill)
{
  for (guint i = 0; i < fill->lines->len; i++)
    {
      Line *line = &g_array_index (fill->lines, Line, i);
      ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_ADD_MESSAGE, wrote, NULL);

      job->user_id = fill->people[line->own ? 0 : line->person];
      job->room_id = fill->rooms[line->person];
      job->kind = line->kind;
      job->text = g_strdup (line->text);
      job->client_ref = g_strdup (line->ref);
      job->date = line->date;
      ask (fill, job, wrote, i);
    }
}

static void
finish (Fill *fill)
{
  GTask *task = fill->task;

  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fill *fill = user_data;
  GError *error = NULL;

  fill->hash = chat_server_hasher_hash_finish (CHAT_SERVER_HASHER (source), result, &error);
  if (fill->hash == NULL)
    {
      GTask *task = fill->task;

      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  for (guint i = 0; i < N_PEOPLE; i++)
    {
      ChatStorageJob *job = chat_storage_job_new (CHAT_STORAGE_ADD_USER, made_person, NULL);

      job->name = g_strdup (logins[i]);
      job->secret = g_strdup (fill->hash);
      ask (fill, job, made_person, i);
    }
}

static guint
find_person (const char *login)
{
  guint i = 1;

  while (i < N_PEOPLE - 1 && !g_str_equal (logins[i], login))
    i++;
  return i;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const Line *x = a, *y = b;

  return (x->date > y->date) - (x->date < y->date);
}

/* All of them by date, since ids rise in the order of writing. The people in the long room take turns, with a pause at times */
static void
collect_lines (GArray *lines, gint64 now)
{
  guint person = find_person (CHAT_DEMO_LONG_ROOM);

  for (guint i = 0; i < chat_demo_n_lines; i++)
    {
      const ChatDemoLine *from = &chat_demo_lines[i];
      Line line = { g_strdup_printf ("demo-%u", i), from->text, from->edited, now - from->minutes * MINUTE,
                    find_person (from->room), from->own, from->kind };

      g_array_append_val (lines, line);
    }
  for (guint i = 0; i < CHAT_DEMO_LONG_LINES; i++)
    {
      gint64 ago = LONG_BEGINS - (gint64) (LONG_BEGINS - LONG_ENDS) * i / CHAT_DEMO_LONG_LINES;
      Line line = { g_strdup_printf ("demo-long-%u", i), chat_demo_long_texts[i % chat_demo_n_long_texts], NULL,
                    now - ago * MINUTE + (i * 37 % 60) * G_USEC_PER_SEC, person, i % 5 % 2 == 1, CHAT_MESSAGE_KIND_TEXT };

      g_array_append_val (lines, line);
    }
  g_array_sort (lines, compare_lines);
}

void
chat_server_demo_fill_async (ChatServerStorage *storage, ChatServerHasher *hasher, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  Fill *fill;

  g_return_if_fail (CHAT_IS_SERVER_STORAGE (storage));
  g_return_if_fail (CHAT_IS_SERVER_HASHER (hasher));

  fill = g_new0 (Fill, 1);
  fill->storage = g_object_ref (storage);
  fill->hasher = g_object_ref (hasher);
  fill->lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_array_set_clear_func (fill->lines, line_clear);
  collect_lines (fill->lines, g_get_real_time ());
  fill->task = g_task_new (storage, cancellable, callback, user_data);
  g_task_set_source_tag (fill->task, chat_server_demo_fill_async);
  g_task_set_task_data (fill->task, fill, fill_free);
  chat_server_hasher_hash_async (hasher, CHAT_SERVER_DEMO_PASSWORD, cancellable, hashed, fill);
}

gboolean
chat_server_demo_fill_finish (ChatServerStorage *storage, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, storage), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
