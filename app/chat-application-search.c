/* chat-application-search.c: what the desktop's search asks for (org.gnome.Shell.SearchProvider2)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-application-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chat-format.h"
#include "chat-session-search.h"

/* Results that are described at a time, and messages that are remembered for that */
#define MAX_METAS        50
#define MAX_REMEMBERED   100
/* What a result shows (characters) */
#define MAX_NAME         80
#define MAX_DESCRIPTION  200
/* What may be asked for the filter of the rooms (bytes) */
#define MAX_FILTER       256
/* Started for a search and not needed any more, the program ends after so long (milliseconds): the next letter comes sooner */
#define IDLE_MS          (10 * 1000)
/* An id is of its account, so that what was found before another one signed in leads nowhere: TAG/room/ID, TAG/message/ROOM/ID */
#define TAG_CHARS        8

static const char interface_xml[] =
  "<node><interface name='org.gnome.Shell.SearchProvider2'>"
  "<method name='GetInitialResultSet'><arg type='as' name='terms' direction='in'/><arg type='as' name='results' direction='out'/></method>"
  "<method name='GetSubsearchResultSet'><arg type='as' name='previous_results' direction='in'/>"
  "<arg type='as' name='terms' direction='in'/><arg type='as' name='results' direction='out'/></method>"
  "<method name='GetResultMetas'><arg type='as' name='identifiers' direction='in'/><arg type='aa{sv}' name='metas' direction='out'/></method>"
  "<method name='ActivateResult'><arg type='s' name='identifier' direction='in'/><arg type='as' name='terms' direction='in'/>"
  "<arg type='u' name='timestamp' direction='in'/></method>"
  "<method name='LaunchSearch'><arg type='as' name='terms' direction='in'/><arg type='u' name='timestamp' direction='in'/></method>"
  "</interface></node>";

/* A question that waits for its answer */
typedef struct
{
  ChatApplication       *application;
  GDBusMethodInvocation *invocation;
  GCancellable          *cancellable;
  char                 **ids;       /* to be described */
} Question;

static Question *
question_new (ChatApplication       *self,
              GDBusMethodInvocation *invocation)
{
  Question *question = g_new0 (Question, 1);

  question->application = g_object_ref (self);
  question->invocation = invocation;
  g_application_hold (G_APPLICATION (self));
  return question;
}

static void
question_free (Question *question)
{
  g_application_release (G_APPLICATION (question->application));
  g_object_unref (question->application);
  g_clear_object (&question->cancellable);
  g_strfreev (question->ids);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static char *
make_tag (ChatApplication *self)
{
  const char *server = chat_session_get_server (self->session), *login = chat_session_get_login (self->session);
  g_autofree char *account = g_strdup_printf ("%s\n%s", server != NULL ? server : "", login != NULL ? login : "");
  char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, account, -1);

  digest[TAG_CHARS] = '\0';
  return digest;
}

static char *
make_id (const char          *tag,
         const ChatSearchHit *hit)
{
  gint64 room_id = chat_room_get_id (hit->room);

  return hit->message_id > 0 ? g_strdup_printf ("%s/message/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, tag, room_id, hit->message_id)
                             : g_strdup_printf ("%s/room/%" G_GINT64_FORMAT, tag, room_id);
}

/* Returns: whether @id, which anybody may have made up, is one of this account; @message_id: (out): 0: it is of a room */
static gboolean
parse_id (ChatApplication *self,
          const char      *id,
          gint64          *room_id,
          gint64          *message_id)
{
  g_autofree char *tag = make_tag (self);
  g_auto (GStrv) parts = g_strsplit (id, "/", 5);
  guint n = g_strv_length (parts);

  *message_id = 0;
  return n >= 3 && g_str_equal (parts[0], tag) && g_ascii_string_to_signed (parts[2], 10, 1, G_MAXINT64, room_id, NULL)
         && ((n == 3 && g_str_equal (parts[1], "room"))
             || (n == 4 && g_str_equal (parts[1], "message")
                 && g_ascii_string_to_signed (parts[3], 10, 1, G_MAXINT64, message_id, NULL)));
}

static gboolean
may_show_messages (ChatApplication *self)
{
  return g_settings_get_boolean (self->settings, "search-messages");
}

/* Finding */

static void
on_searched (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Question) question = user_data;
  ChatApplication *self = question->application;
  g_autoptr (GPtrArray) hits = chat_session_search_finish (CHAT_SESSION (source), result, NULL);
  g_autofree char *tag = make_tag (self);
  GVariantBuilder ids;

  g_variant_builder_init (&ids, G_VARIANT_TYPE_STRING_ARRAY);
  if (hits != NULL && self->search_found != NULL && g_hash_table_size (self->search_found) + hits->len > MAX_REMEMBERED)
    g_hash_table_remove_all (self->search_found);
  for (guint i = 0; hits != NULL && i < hits->len; i++)
    {
      ChatSearchHit *hit = hits->pdata[i];
      g_autofree char *id = make_id (tag, hit);

      g_variant_builder_add (&ids, "s", id);
      if (hit->message_id > 0 && self->search_found != NULL)
        g_hash_table_replace (self->search_found, g_steal_pointer (&id),
                              g_strdup_printf ("%s\n%s", hit->sender, hit->text));
    }
  g_dbus_method_invocation_return_value (question->invocation, g_variant_new ("(as)", &ids));
  if (self->search_cancellable == question->cancellable)
    g_clear_object (&self->search_cancellable);
}

static void
find (ChatApplication       *self,
      const char *const     *terms,
      GDBusMethodInvocation *invocation)
{
  Question *question = question_new (self, invocation);

  /* Somebody types: what was asked before is answered at once, with nothing, and nobody looks at it any more */
  if (self->search_cancellable != NULL)
    g_cancellable_cancel (self->search_cancellable);
  g_clear_object (&self->search_cancellable);
  self->search_cancellable = g_cancellable_new ();
  question->cancellable = g_object_ref (self->search_cancellable);
  chat_session_search_async (self->session, terms, may_show_messages (self), question->cancellable, on_searched, question);
}

/* Describing */

static void
add_meta (GVariantBuilder *metas,
          const char      *id,
          const char      *name,
          const char      *description,
          const char      *icon_name)
{
  g_autoptr (GIcon) icon = g_themed_icon_new (icon_name);
  g_autoptr (GVariant) serialized = g_icon_serialize (icon);
  g_autofree char *short_name = chat_format_line (name, MAX_NAME);

  g_variant_builder_open (metas, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (metas, "{sv}", "id", g_variant_new_string (id));
  g_variant_builder_add (metas, "{sv}", "name", g_variant_new_string (short_name));
  g_variant_builder_add (metas, "{sv}", "icon", serialized);
  if (description != NULL)
    {
      g_autofree char *line = chat_format_line (description, MAX_DESCRIPTION);

      g_variant_builder_add (metas, "{sv}", "description", g_variant_new_string (line));
    }
  g_variant_builder_close (metas);
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Question) question = user_data;
  ChatApplication *self = question->application;
  ChatRoomList *rooms = chat_session_get_rooms (self->session);
  GVariantBuilder metas;

  chat_session_open_kept_finish (CHAT_SESSION (source), result, NULL);
  g_variant_builder_init (&metas, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; question->ids[i] != NULL && i < MAX_METAS; i++)
    {
      const char *id = question->ids[i], *found = NULL;
      gint64 room_id, message_id;
      ChatRoom *room = parse_id (self, id, &room_id, &message_id) ? chat_room_list_lookup (rooms, room_id) : NULL;

      if (message_id > 0 && may_show_messages (self) && self->search_found != NULL)
        found = g_hash_table_lookup (self->search_found, id);
      if (room != NULL && message_id == 0)
        add_meta (&metas, id, chat_room_get_name (room), NULL, "avatar-default-symbolic");
      else if (room != NULL && found != NULL)
        {
          const char *text = strchr (found, '\n');
          g_autofree char *sender = g_strndup (found, text - found);
          g_autofree char *line = NULL;

          /* Translators: in the desktop's search: who wrote a message, and the message */
          line = g_strdup_printf (_("%s: %s"), sender, text + 1);
          add_meta (&metas, id, chat_room_get_name (room), line, APP_ID "-symbolic");
        }
    }
  g_dbus_method_invocation_return_value (question->invocation, g_variant_new ("(aa{sv})", &metas));
}

/* It may have ended since, and have to read the rooms again */
static void
describe (ChatApplication       *self,
          const char *const     *ids,
          GDBusMethodInvocation *invocation)
{
  Question *question = question_new (self, invocation);

  question->ids = g_strdupv ((char **) ids);
  chat_session_open_kept_async (self->session, NULL, on_opened, question);
}

/* Opening */

static void
open_result (ChatApplication *self,
             const char      *id,
             guint32          timestamp)
{
  ChatErrand errand = { CHAT_ERRAND_ROOM };

  if (!parse_id (self, id, &errand.room_id, &errand.message_id) || chat_session_get_login (self->session) == NULL)
    chat_application_show (self);
  else
    {
      errand.server = g_strdup (chat_session_get_server (self->session));
      errand.login = g_strdup (chat_session_get_login (self->session));
      chat_application_begin_errand (self, errand);
    }
  gtk_window_present_with_time (GTK_WINDOW (self->window), timestamp);
}

static void
launch (ChatApplication   *self,
        const char *const *terms,
        guint32            timestamp)
{
  ChatErrand errand = { CHAT_ERRAND_FIND };
  g_autofree char *text = g_strjoinv (" ", (char **) terms);

  errand.text = g_utf8_make_valid (text, strnlen (text, MAX_FILTER));
  chat_application_begin_errand (self, errand);
  gtk_window_present_with_time (GTK_WINDOW (self->window), timestamp);
}

/* The interface */

static void
on_method_call (GDBusConnection       *connection,
                const char            *sender,
                const char            *object_path,
                const char            *interface_name,
                const char            *method_name,
                GVariant              *parameters,
                GDBusMethodInvocation *invocation,
                gpointer               user_data)
{
  ChatApplication *self = user_data;
  g_autofree const char **strings = NULL;
  const char *id = NULL;
  guint32 timestamp = GDK_CURRENT_TIME;

  /* Nothing but a search may hold it: it was started for that, and the window is not there */
  if (self->window == NULL)
    g_application_set_inactivity_timeout (G_APPLICATION (self), IDLE_MS);
  g_application_hold (G_APPLICATION (self));
  if (g_str_equal (method_name, "GetInitialResultSet"))
    {
      g_variant_get (parameters, "(^a&s)", &strings);
      find (self, strings, invocation);
    }
  else if (g_str_equal (method_name, "GetSubsearchResultSet"))
    {
      g_autofree const char **previous = NULL;

      g_variant_get (parameters, "(^a&s^a&s)", &previous, &strings);
      find (self, strings, invocation);
    }
  else if (g_str_equal (method_name, "GetResultMetas"))
    {
      g_variant_get (parameters, "(^a&s)", &strings);
      describe (self, strings, invocation);
    }
  else if (g_str_equal (method_name, "ActivateResult"))
    {
      g_variant_get (parameters, "(&s^a&su)", &id, &strings, &timestamp);
      open_result (self, id, timestamp);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else
    {
      g_variant_get (parameters, "(^a&su)", &strings, &timestamp);
      launch (self, strings, timestamp);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  g_application_release (G_APPLICATION (self));
}

gboolean
chat_application_export_search (ChatApplication  *self,
                                GDBusConnection  *connection,
                                const char       *object_path,
                                GError          **error)
{
  static const GDBusInterfaceVTable table = { on_method_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interface_xml, error);
  g_autofree char *path = g_strconcat (object_path, "/SearchProvider", NULL);

  if (node == NULL)
    return FALSE;
  self->search_found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->search_id = g_dbus_connection_register_object (connection, path, node->interfaces[0], &table, self, NULL, error);
  return self->search_id != 0;
}

void
chat_application_unexport_search (ChatApplication *self,
                                  GDBusConnection *connection)
{
  if (self->search_cancellable != NULL)
    g_cancellable_cancel (self->search_cancellable);
  g_clear_object (&self->search_cancellable);
  if (self->search_id != 0)
    g_dbus_connection_unregister_object (connection, self->search_id);
  self->search_id = 0;
  g_clear_pointer (&self->search_found, g_hash_table_unref);
}
