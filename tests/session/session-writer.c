/* session-writer.c: writes numbers into a room, and may be killed at any moment: it goes on where it was
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   chat-session-writer FOLDER SERVER LOGIN PASSWORD PEER COUNT
 *
 * Prints a line for each number that is in the outbox, and "done" when the server has all.
 */

#include <stdio.h>
#include <stdlib.h>

#include "chat-session-internal.h"

static void
on_signed_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  *(gboolean *) user_data = TRUE;
  if (!chat_session_sign_in_finish (CHAT_SESSION (source), result, NULL))
    exit (3);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (ChatSession) session = NULL;
  gboolean signed_in = FALSE;
  ChatRoom *room = NULL;
  ChatMessage *last;
  int next, count;

  if (argc != 7)
    return 2;
  count = atoi (argv[6]);
  session = chat_session_new (argv[1], "writer");
  chat_session_get_times (session)->secret = 50;
  chat_session_sign_in_async (session, argv[2], TRUE, argv[3], argv[4], FALSE, NULL, on_signed_in, &signed_in);
  while (!signed_in || room == NULL)
    {
      g_main_context_iteration (NULL, TRUE);
      room = chat_room_list_lookup_name (chat_session_get_rooms (session), argv[5]);
    }
  last = chat_room_get_last_message (room);
  next = last != NULL ? atoi (chat_message_get_text (last)) + 1 : 0;
  for (; next < count; next++)
    {
      g_autofree char *text = g_strdup_printf ("%d", next);
      g_autoptr (ChatMessage) message = chat_session_send_text (session, room, text, NULL);

      while (!chat_session_is_kept (session, message))
        g_main_context_iteration (NULL, TRUE);
      printf ("%d\n", next);
      fflush (stdout);
    }
  while (chat_session_count_unsent (session) > 0)
    g_main_context_iteration (NULL, TRUE);
  printf ("done\n");
  fflush (stdout);
  chat_session_close (session);
  return 0;
}
