/* chat-application-link.c: links from outside: nothing happens before the person has agreed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-application-private.h"

#include <glib/gi18n.h>

#include "chat-link-dialog.h"
#include "chat-words.h"

/* A question that stands: @uri is what it asks about */
typedef struct
{
  ChatApplication *application;
  ChatUri         *uri;
} Question;

static void
question_free (gpointer  data,
               GClosure *closure)
{
  Question *question = data;

  g_object_unref (question->application);
  g_clear_pointer (&question->uri, chat_uri_free);
  g_free (question);
}

static void
on_room_created (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (ChatApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ChatRoom) room = chat_session_create_room_finish (CHAT_SESSION (source), result, &error);

  if (self->window == NULL)
    return;
  if (room != NULL)
    chat_window_open_room (CHAT_WINDOW (self->window), room);
  else
    chat_window_toast (CHAT_WINDOW (self->window), chat_words_for_error (error));
}

static void
follow (ChatApplication *self,
        const ChatUri   *uri)
{
  ChatRoomList *rooms = chat_session_get_rooms (self->session);
  ChatRoom *room;

  /* The account may have become another one while the question stood */
  if (self->window == NULL || chat_session_get_state (self->session) == CHAT_SESSION_SIGNED_OUT
      || !chat_uri_is_at (uri, chat_session_get_server (self->session)))
    return;
  room = uri->login != NULL ? chat_room_list_lookup_name (rooms, uri->login) : chat_room_list_lookup (rooms, uri->room_id);
  if (room != NULL)
    chat_window_open_room (CHAT_WINDOW (self->window), room);
  else if (uri->login != NULL)
    chat_session_create_room_async (self->session, uri->login, NULL, on_room_created, g_object_ref (self));
  else
    chat_window_toast (CHAT_WINDOW (self->window), _("That conversation is not there any more"));
}

static void
on_response (AdwMessageDialog *dialog,
             const char       *response,
             Question         *question)
{
  ChatApplication *self = question->application;

  /* The next one may be asked for while this one fades */
  g_clear_weak_pointer (&self->link_dialog);
  if (g_str_equal (response, CHAT_LINK_OPEN))
    follow (self, question->uri);
  else if (g_str_equal (response, CHAT_LINK_SIGN_IN) && self->window != NULL
           && chat_session_get_state (self->session) == CHAT_SESSION_SIGNED_OUT)
    {
      ChatErrand errand = { CHAT_ERRAND_LINK };

      /* Always encrypted: that choice is not a link's. It is asked about again when they are signed in */
      chat_window_fill_sign_in (CHAT_WINDOW (self->window), question->uri->server, FALSE, NULL);
      errand.uri = chat_uri_copy (question->uri);
      errand.told = TRUE;
      chat_application_begin_errand (self, errand);
    }
}

static void
ask (ChatApplication *self,
     GtkWidget       *dialog,
     const ChatUri   *uri)
{
  Question *question = g_new0 (Question, 1);

  question->application = g_object_ref (self);
  question->uri = uri != NULL ? chat_uri_copy (uri) : NULL;
  g_set_weak_pointer (&self->link_dialog, dialog);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
chat_application_ask_link (ChatApplication *self,
                           const ChatUri   *uri)
{
  if (self->link_dialog == NULL)
    ask (self, chat_link_dialog_new (GTK_WINDOW (self->window), self->session, uri), uri);
}

void
chat_application_open_link (ChatApplication *self,
                            const char      *text)
{
  g_autoptr (GError) problem = NULL;
  ChatErrand errand = { CHAT_ERRAND_LINK };

  /* One question at a time, and never another one in its place: an answer is to what was read. The rest is dropped: whoever sends
   * many links is not to be answered for each. */
  if (self->link_dialog != NULL)
    {
      gtk_window_present (GTK_WINDOW (self->link_dialog));
      return;
    }
  errand.uri = chat_uri_parse (text, &problem);
  if (errand.uri != NULL)
    {
      chat_application_begin_errand (self, errand);
      return;
    }
  chat_application_show (self);
  ask (self, chat_link_dialog_new_problem (GTK_WINDOW (self->window), problem), NULL);
}
