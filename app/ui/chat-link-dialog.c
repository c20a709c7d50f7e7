/* chat-link-dialog.c: asks before a link is followed, or explains why it can not be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-link-dialog.h"

#include <glib/gi18n.h>

#include "chat-compat.h"
#include "chat-format.h"

/* What a question names stays short. */
#define MAX_NAME 40

/* @yes: (nullable): the response that follows the link: without one there is nothing to choose */
static GtkWidget *
make_dialog (GtkWindow  *parent,
             const char *heading,
             const char *body,
             const char *yes,
             const char *yes_label)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (chat_compat_message_dialog_new (parent, heading, body));

  adw_message_dialog_add_response (dialog, "close", yes != NULL ? _("_Cancel") : _("_Close"));
  if (yes != NULL)
    {
      adw_message_dialog_add_response (dialog, yes, yes_label);
      adw_message_dialog_set_response_appearance (dialog, yes, ADW_RESPONSE_SUGGESTED);
    }
  /* It may come while somebody types: Enter must not follow it */
  adw_message_dialog_set_default_response (dialog, "close");
  adw_message_dialog_set_close_response (dialog, "close");
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  return GTK_WIDGET (dialog);
}

static GtkWidget *
ask_to_sign_in (GtkWindow     *parent,
                const ChatUri *uri)
{
  g_autofree char *server = chat_format_isolate (uri->server), *login = NULL, *body = NULL;

  if (uri->login != NULL)
    login = chat_format_isolate (uri->login);
  if (login != NULL)
    body = g_strdup_printf (/* Translators: a user name, and the address of a server */
                            _("The link leads to “%s” on the server %s. Sign in there to open it."), login, server);
  else
    body = g_strdup_printf (/* Translators: the address of a server */
                            _("The link leads to a conversation on the server %s. Sign in there to open it."), server);
  return make_dialog (parent, _("You Are Not Signed In"), body, CHAT_LINK_SIGN_IN, _("_Sign In"));
}

static GtkWidget *
explain_other_server (GtkWindow     *parent,
                      ChatSession   *session,
                      const ChatUri *uri)
{
  g_autofree char *server = chat_format_isolate (uri->server), *body = NULL;
  g_autofree char *own_login = chat_format_isolate (chat_session_get_login (session));
  g_autofree char *own_server = chat_format_isolate (chat_session_get_server (session));

  body = g_strdup_printf (/* Translators: the address of a server; a user name and the address of another server */
                          _("The link leads to the server %s, and you are signed in as “%s” on %s. To open it, sign out here first, or "
                            "use another profile."),
                          server, own_login, own_server);
  return make_dialog (parent, _("Another Server"), body, NULL, NULL);
}

static GtkWidget *
ask_for_room (GtkWindow     *parent,
              ChatRoom      *room,
              const ChatUri *uri)
{
  g_autofree char *line = chat_format_line (chat_room_get_name (room), MAX_NAME), *name = chat_format_isolate (line);
  g_autofree char *server = chat_format_isolate (uri->server), *body = NULL;

  body = g_strdup_printf (/* Translators: the name of a person or a group, and the address of a server */
                          _("A link leads to your conversation with “%s” on %s."), name, server);
  return make_dialog (parent, _("Open the Conversation?"), body, CHAT_LINK_OPEN, _("_Open"));
}

GtkWidget *
chat_link_dialog_new (GtkWindow     *parent,
                      ChatSession   *session,
                      const ChatUri *uri)
{
  ChatRoomList *rooms;
  ChatRoom *room;
  g_autofree char *server = NULL, *login = NULL, *body = NULL;

  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (CHAT_IS_SESSION (session), NULL);
  g_return_val_if_fail (uri != NULL, NULL);

  if (chat_session_get_state (session) == CHAT_SESSION_SIGNED_OUT)
    return ask_to_sign_in (parent, uri);
  if (!chat_uri_is_at (uri, chat_session_get_server (session)))
    return explain_other_server (parent, session, uri);
  server = chat_format_isolate (uri->server);
  login = uri->login != NULL ? chat_format_isolate (uri->login) : NULL;
  if (uri->login != NULL && g_ascii_strcasecmp (uri->login, chat_session_get_login (session)) == 0)
    {
      body = g_strdup_printf (/* Translators: a user name, and the address of a server */
                              _("The link leads to your own account, “%s” on %s."), login, server);
      return make_dialog (parent, _("That Is You"), body, NULL, NULL);
    }
  rooms = chat_session_get_rooms (session);
  room = uri->login != NULL ? chat_room_list_lookup_name (rooms, uri->login) : chat_room_list_lookup (rooms, uri->room_id);
  if (room != NULL)
    return ask_for_room (parent, room, uri);
  if (uri->login == NULL)
    {
      body = g_strdup_printf (/* Translators: the address of a server */
                              _("The link leads to a conversation on %s that is not one of yours."), server);
      return make_dialog (parent, _("No Such Conversation"), body, NULL, NULL);
    }
  body = g_strdup_printf (/* Translators: a user name, and the address of a server */
                          _("A link leads to “%s” on %s. They will see that you have begun a conversation with them."),
                          login, server);
  return make_dialog (parent, _("Begin a Conversation?"), body, CHAT_LINK_OPEN, _("_Begin"));
}

static const char *
explain (const GError *problem)
{
  if (problem == NULL || problem->domain != CHAT_URI_ERROR)
    return _("It is damaged or incomplete.");
  switch ((ChatUriError) problem->code)
    {
    case CHAT_URI_ERROR_NOT_OURS:
      return _("It is no link to a person or a conversation.");
    case CHAT_URI_ERROR_TOO_LONG:
      return _("It is longer than any such link.");
    case CHAT_URI_ERROR_SERVER:
      return _("The address of the server in it is not right.");
    case CHAT_URI_ERROR_KIND:
      return _("It leads neither to a person nor to a conversation. Perhaps it needs a newer version of Chat.");
    case CHAT_URI_ERROR_MALFORMED:
    default:
      return _("It is damaged or incomplete.");
    }
}

GtkWidget *
chat_link_dialog_new_problem (GtkWindow    *parent,
                              const GError *problem)
{
  return make_dialog (parent, _("This Link Can Not Be Opened"), explain (problem), NULL, NULL);
}
