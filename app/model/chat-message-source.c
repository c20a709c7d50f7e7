/* chat-message-source.c: where a ChatMessageList gets its pages from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-message-source.h"

G_DEFINE_INTERFACE (ChatMessageSource, chat_message_source, G_TYPE_OBJECT)

static void
chat_message_source_default_init (ChatMessageSourceInterface *iface)
{
}

ChatMessagePage *
chat_message_page_new (void)
{
  ChatMessagePage *page = g_new0 (ChatMessagePage, 1);

  page->messages = g_ptr_array_new_with_free_func (g_object_unref);

  return page;
}

void
chat_message_page_free (ChatMessagePage *page)
{
  g_return_if_fail (page != NULL);

  g_ptr_array_unref (page->messages);
  g_free (page);
}

void
chat_message_source_load_async (ChatMessageSource   *self,
                                ChatPageKind         kind,
                                gint64               anchor,
                                guint                limit,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_return_if_fail (CHAT_IS_MESSAGE_SOURCE (self));

  CHAT_MESSAGE_SOURCE_GET_IFACE (self)->load_async (self, kind, anchor, limit, cancellable, callback, user_data);
}

ChatMessagePage *
chat_message_source_load_finish (ChatMessageSource  *self,
                                 GAsyncResult       *result,
                                 GError            **error)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE_SOURCE (self), NULL);

  return CHAT_MESSAGE_SOURCE_GET_IFACE (self)->load_finish (self, result, error);
}
