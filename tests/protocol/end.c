/* end.c: one end of a connection, and what it was told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "end.h"

static void
on_packet (ChatConnection *connection,
           ChatPacket     *packet,
           gpointer        user_data)
{
  End *end = user_data;
  g_autoptr (GBytes) line = chat_packet_to_bytes (packet);

  g_assert_true (connection == end->connection);
  g_assert_cmpuint (end->n_closed, ==, 0);
  g_assert_cmpuint (end->n_broken, ==, 0);
  g_ptr_array_add (end->lines, g_strndup (g_bytes_get_data (line, NULL), g_bytes_get_size (line) - 1));
  if (chat_packet_get_problem (packet) != NULL)
    end->n_problems++;
  if (end->on_packet != NULL)
    end->on_packet (end, packet);
}

static void
on_broken (ChatConnection *connection,
           const GError   *reason,
           gpointer        user_data)
{
  End *end = user_data;

  g_assert_cmpuint (end->n_broken++, ==, 0);
  end->broken = g_error_copy (reason);
  if (end->on_broken != NULL)
    end->on_broken (end);
}

static void
on_closed (ChatConnection *connection,
           const GError   *reason,
           gpointer        user_data)
{
  End *end = user_data;

  g_assert_false (end->in_send);
  g_assert_cmpuint (end->n_closed++, ==, 0);
  g_assert_true (chat_connection_is_closed (connection));
  end->reason = reason != NULL ? g_error_copy (reason) : NULL;
}

static void
on_changed (ChatConnection *connection,
            gpointer        user_data)
{
  End *end = user_data;

  end->n_changed++;
}

static const ChatConnectionEvents events = { on_packet, on_broken, on_closed, on_changed };

void
end_init (End               *end,
          GIOStream         *stream,
          ChatConnectionRole role)
{
  *end = (End) { .lines = g_ptr_array_new_with_free_func (g_free) };
  end->connection = chat_test_watch_object (chat_connection_new (chat_test_watch_object (stream), role, &events, end));
}

void
end_clear (End *end)
{
  if (end->connection != NULL)
    g_assert_finalize_object (g_steal_pointer (&end->connection));
  g_ptr_array_unref (end->lines);
  g_clear_error (&end->broken);
  g_clear_error (&end->reason);
}

const char *
end_line_of (End  *end,
             guint i)
{
  g_assert_cmpuint (i, <, end->lines->len);

  return end->lines->pdata[i];
}

ChatPacket *
end_make_delete (gint64 id)
{
  ChatPacket *packet = chat_packet_new (CHAT_PACKET_DELETE_MSG);

  chat_packet_set_integer (packet, CHAT_FIELD_ID, id);

  return packet;
}

void
end_send_delete (End   *end,
                 gint64 id)
{
  g_autoptr (ChatPacket) packet = end_make_delete (id);

  end->in_send = TRUE;
  chat_connection_send (end->connection, packet);
  end->in_send = FALSE;
}

void
end_pause_at (End        *end,
              ChatPacket *packet)
{
  if (end->lines->len == end->stop_at)
    chat_connection_set_paused (end->connection, TRUE);
}
