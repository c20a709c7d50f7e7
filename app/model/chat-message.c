/* chat-message.c: one message of a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-message.h"

struct _ChatMessage
{
  GObject             parent_instance;

  gint64              id;
  gint64              room_id;
  gint64              date;
  char               *client_ref;
  char               *sender;
  char               *text;
  char               *date_text;
  char               *failure;
  ChatAttachment     *attachment;
  ChatMessageContent  content;
  ChatMessageState    state;
  ChatMessageReceipt  receipt;
  guint               outgoing : 1;
  guint               edited : 1;
  guint               busy : 1;
  guint               deleting : 1;
  guint               starts_day : 1;
  guint               starts_group : 1;
  guint               ends_group : 1;
};

enum
{
  PROP_ID = 1,
  PROP_ROOM_ID,
  PROP_CLIENT_REF,
  PROP_SENDER,
  PROP_OUTGOING,
  PROP_CONTENT,
  PROP_TEXT,
  PROP_DATE,
  PROP_DATE_TEXT,
  PROP_EDITED,
  PROP_STATE,
  PROP_FAILURE,
  PROP_RECEIPT,
  PROP_BUSY,
  PROP_DELETING,
  PROP_ATTACHMENT,
  PROP_STARTS_DAY,
  PROP_STARTS_GROUP,
  PROP_ENDS_GROUP,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ChatMessage, chat_message, G_TYPE_OBJECT)

GType
chat_message_content_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { CHAT_MESSAGE_TEXT, "CHAT_MESSAGE_TEXT", "text" },
        { CHAT_MESSAGE_FILE, "CHAT_MESSAGE_FILE", "file" },
        { CHAT_MESSAGE_IMAGE, "CHAT_MESSAGE_IMAGE", "image" },
        { 0, NULL, NULL }
      };

      g_once_init_leave (&type, g_enum_register_static ("ChatMessageContent", values));
    }

  return type;
}

GType
chat_message_state_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { CHAT_MESSAGE_WAITING, "CHAT_MESSAGE_WAITING", "waiting" },
        { CHAT_MESSAGE_SENDING, "CHAT_MESSAGE_SENDING", "sending" },
        { CHAT_MESSAGE_SENT, "CHAT_MESSAGE_SENT", "sent" },
        { CHAT_MESSAGE_FAILED, "CHAT_MESSAGE_FAILED", "failed" },
        { 0, NULL, NULL }
      };

      g_once_init_leave (&type, g_enum_register_static ("ChatMessageState", values));
    }

  return type;
}

GType
chat_message_receipt_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { CHAT_MESSAGE_NO_RECEIPT, "CHAT_MESSAGE_NO_RECEIPT", "none" },
        { CHAT_MESSAGE_DELIVERED, "CHAT_MESSAGE_DELIVERED", "delivered" },
        { CHAT_MESSAGE_READ, "CHAT_MESSAGE_READ", "read" },
        { 0, NULL, NULL }
      };

      g_once_init_leave (&type, g_enum_register_static ("ChatMessageReceipt", values));
    }

  return type;
}

static void
chat_message_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  ChatMessage *self = CHAT_MESSAGE (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_ROOM_ID:
      g_value_set_int64 (value, self->room_id);
      break;
    case PROP_CLIENT_REF:
      g_value_set_string (value, self->client_ref);
      break;
    case PROP_SENDER:
      g_value_set_string (value, self->sender);
      break;
    case PROP_OUTGOING:
      g_value_set_boolean (value, self->outgoing);
      break;
    case PROP_CONTENT:
      g_value_set_enum (value, self->content);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_DATE:
      g_value_set_int64 (value, self->date);
      break;
    case PROP_DATE_TEXT:
      g_value_set_string (value, self->date_text);
      break;
    case PROP_EDITED:
      g_value_set_boolean (value, self->edited);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_FAILURE:
      g_value_set_string (value, self->failure);
      break;
    case PROP_RECEIPT:
      g_value_set_enum (value, self->receipt);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    case PROP_DELETING:
      g_value_set_boolean (value, self->deleting);
      break;
    case PROP_ATTACHMENT:
      g_value_set_object (value, self->attachment);
      break;
    case PROP_STARTS_DAY:
      g_value_set_boolean (value, self->starts_day);
      break;
    case PROP_STARTS_GROUP:
      g_value_set_boolean (value, self->starts_group);
      break;
    case PROP_ENDS_GROUP:
      g_value_set_boolean (value, self->ends_group);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_message_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  ChatMessage *self = CHAT_MESSAGE (object);

  switch (prop_id)
    {
    case PROP_ID:
      chat_message_set_id (self, g_value_get_int64 (value));
      break;
    case PROP_ROOM_ID:
      self->room_id = g_value_get_int64 (value);
      break;
    case PROP_CLIENT_REF:
      self->client_ref = g_value_dup_string (value);
      break;
    case PROP_SENDER:
      self->sender = g_value_get_string (value) ? g_value_dup_string (value) : g_strdup ("");
      break;
    case PROP_OUTGOING:
      self->outgoing = g_value_get_boolean (value);
      break;
    case PROP_CONTENT:
      self->content = g_value_get_enum (value);
      break;
    case PROP_TEXT:
      chat_message_set_text (self, g_value_get_string (value));
      break;
    case PROP_EDITED:
      chat_message_set_edited (self, g_value_get_boolean (value));
      break;
    case PROP_BUSY:
      chat_message_set_busy (self, g_value_get_boolean (value));
      break;
    case PROP_DELETING:
      chat_message_set_deleting (self, g_value_get_boolean (value));
      break;
    case PROP_ATTACHMENT:
      chat_message_set_attachment (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_message_dispose (GObject *object)
{
  ChatMessage *self = CHAT_MESSAGE (object);

  g_clear_object (&self->attachment);

  G_OBJECT_CLASS (chat_message_parent_class)->dispose (object);
}

static void
chat_message_finalize (GObject *object)
{
  ChatMessage *self = CHAT_MESSAGE (object);

  g_free (self->client_ref);
  g_free (self->sender);
  g_free (self->text);
  g_free (self->date_text);
  g_free (self->failure);

  G_OBJECT_CLASS (chat_message_parent_class)->finalize (object);
}

static void
chat_message_class_init (ChatMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = chat_message_get_property;
  object_class->set_property = chat_message_set_property;
  object_class->dispose = chat_message_dispose;
  object_class->finalize = chat_message_finalize;

  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, 0, G_MAXINT64, 0, rw);
  properties[PROP_ROOM_ID] = g_param_spec_int64 ("room-id", NULL, NULL, 0, G_MAXINT64, 0, once);
  properties[PROP_CLIENT_REF] = g_param_spec_string ("client-ref", NULL, NULL, NULL, once);
  properties[PROP_SENDER] = g_param_spec_string ("sender", NULL, NULL, NULL, once);
  properties[PROP_OUTGOING] = g_param_spec_boolean ("outgoing", NULL, NULL, FALSE, once);
  properties[PROP_CONTENT] = g_param_spec_enum ("content", NULL, NULL, CHAT_TYPE_MESSAGE_CONTENT, CHAT_MESSAGE_TEXT,
                                                once);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, "", rw);
  properties[PROP_DATE] = g_param_spec_int64 ("date", NULL, NULL, G_MININT64, G_MAXINT64, 0, ro);
  properties[PROP_DATE_TEXT] = g_param_spec_string ("date-text", NULL, NULL, NULL, ro);
  properties[PROP_EDITED] = g_param_spec_boolean ("edited", NULL, NULL, FALSE, rw);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, CHAT_TYPE_MESSAGE_STATE, CHAT_MESSAGE_SENT, ro);
  properties[PROP_FAILURE] = g_param_spec_string ("failure", NULL, NULL, NULL, ro);
  properties[PROP_RECEIPT] = g_param_spec_enum ("receipt", NULL, NULL, CHAT_TYPE_MESSAGE_RECEIPT, CHAT_MESSAGE_NO_RECEIPT, ro);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, rw);
  properties[PROP_DELETING] = g_param_spec_boolean ("deleting", NULL, NULL, FALSE, rw);
  properties[PROP_ATTACHMENT] = g_param_spec_object ("attachment", NULL, NULL, CHAT_TYPE_ATTACHMENT, rw);
  properties[PROP_STARTS_DAY] = g_param_spec_boolean ("starts-day", NULL, NULL, FALSE, ro);
  properties[PROP_STARTS_GROUP] = g_param_spec_boolean ("starts-group", NULL, NULL, TRUE, ro);
  properties[PROP_ENDS_GROUP] = g_param_spec_boolean ("ends-group", NULL, NULL, TRUE, ro);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
chat_message_init (ChatMessage *self)
{
  self->state = CHAT_MESSAGE_SENT;
  self->text = g_strdup ("");
  self->starts_group = TRUE;
  self->ends_group = TRUE;
}

ChatMessage *
chat_message_new (gint64              room_id,
                  const char         *sender,
                  gboolean            outgoing,
                  ChatMessageContent  content,
                  const char         *client_ref)
{
  return g_object_new (CHAT_TYPE_MESSAGE,
                       "room-id", room_id,
                       "sender", sender,
                       "outgoing", outgoing,
                       "content", content,
                       "client-ref", client_ref,
                       NULL);
}

gint64
chat_message_get_id (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), 0);

  return self->id;
}

void
chat_message_set_id (ChatMessage *self,
                     gint64       id)
{
  g_return_if_fail (CHAT_IS_MESSAGE (self));
  g_return_if_fail (id >= 0);

  if (self->id == id)
    return;

  self->id = id;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
}

gint64
chat_message_get_room_id (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), 0);

  return self->room_id;
}

const char *
chat_message_get_client_ref (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), NULL);

  return self->client_ref;
}

const char *
chat_message_get_sender (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), NULL);

  return self->sender;
}

gboolean
chat_message_get_outgoing (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), FALSE);

  return self->outgoing;
}

ChatMessageContent
chat_message_get_content (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), CHAT_MESSAGE_TEXT);

  return self->content;
}

const char *
chat_message_get_text (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), NULL);

  return self->text;
}

void
chat_message_set_text (ChatMessage *self,
                       const char  *text)
{
  char *copy;

  g_return_if_fail (CHAT_IS_MESSAGE (self));

  if (text == NULL)
    text = "";
  if (strcmp (self->text, text) == 0)
    return;

  /* @text may be a part of the old one */
  copy = g_strdup (text);
  g_free (self->text);
  self->text = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

gint64
chat_message_get_date (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), 0);

  return self->date;
}

const char *
chat_message_get_date_text (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), NULL);

  return self->date_text;
}

void
chat_message_set_date (ChatMessage *self,
                       gint64       usec,
                       const char  *date_text)
{
  g_return_if_fail (CHAT_IS_MESSAGE (self));

  g_object_freeze_notify (G_OBJECT (self));
  if (self->date != usec)
    {
      self->date = usec;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DATE]);
    }
  if (g_strcmp0 (self->date_text, date_text) != 0)
    {
      char *copy = g_strdup (date_text);

      g_free (self->date_text);
      self->date_text = copy;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DATE_TEXT]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
chat_message_get_edited (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), FALSE);

  return self->edited;
}

void
chat_message_set_edited (ChatMessage *self,
                         gboolean     edited)
{
  g_return_if_fail (CHAT_IS_MESSAGE (self));

  edited = !!edited;
  if (self->edited == edited)
    return;

  self->edited = edited;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EDITED]);
}

ChatMessageState
chat_message_get_state (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), CHAT_MESSAGE_SENT);

  return self->state;
}

const char *
chat_message_get_failure (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), NULL);

  return self->failure;
}

void
chat_message_set_state (ChatMessage      *self,
                        ChatMessageState  state,
                        const char       *failure)
{
  g_return_if_fail (CHAT_IS_MESSAGE (self));

  if (state != CHAT_MESSAGE_FAILED)
    failure = NULL;

  g_object_freeze_notify (G_OBJECT (self));
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  if (g_strcmp0 (self->failure, failure) != 0)
    {
      char *copy = g_strdup (failure);

      g_free (self->failure);
      self->failure = copy;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FAILURE]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

ChatMessageReceipt
chat_message_get_receipt (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), CHAT_MESSAGE_NO_RECEIPT);

  return self->receipt;
}

void
chat_message_set_receipt (ChatMessage        *self,
                          ChatMessageReceipt  receipt)
{
  g_return_if_fail (CHAT_IS_MESSAGE (self));

  if (self->receipt == receipt)
    return;

  self->receipt = receipt;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECEIPT]);
}

gboolean
chat_message_get_busy (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), FALSE);

  return self->busy;
}

void
chat_message_set_busy (ChatMessage *self,
                       gboolean     busy)
{
  g_return_if_fail (CHAT_IS_MESSAGE (self));

  busy = !!busy;
  if (self->busy == busy)
    return;

  self->busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

ChatAttachment *
chat_message_get_attachment (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), NULL);

  return self->attachment;
}

void
chat_message_set_attachment (ChatMessage    *self,
                             ChatAttachment *attachment)
{
  g_return_if_fail (CHAT_IS_MESSAGE (self));

  if (g_set_object (&self->attachment, attachment))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ATTACHMENT]);
}

gboolean
chat_message_get_deleting (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), FALSE);

  return self->deleting;
}

void
chat_message_set_deleting (ChatMessage *self,
                           gboolean     deleting)
{
  g_return_if_fail (CHAT_IS_MESSAGE (self));

  deleting = !!deleting;
  if (self->deleting == deleting)
    return;

  self->deleting = deleting;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DELETING]);
}

gboolean
chat_message_get_starts_day (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), FALSE);

  return self->starts_day;
}

gboolean
chat_message_get_starts_group (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), FALSE);

  return self->starts_group;
}

gboolean
chat_message_get_ends_group (ChatMessage *self)
{
  g_return_val_if_fail (CHAT_IS_MESSAGE (self), FALSE);

  return self->ends_group;
}

void
chat_message_set_grouping (ChatMessage *self,
                           gboolean     starts_day,
                           gboolean     starts_group,
                           gboolean     ends_group)
{
  g_return_if_fail (CHAT_IS_MESSAGE (self));

  starts_day = !!starts_day;
  starts_group = !!starts_group;
  ends_group = !!ends_group;

  /* Most calls change nothing: a neighbour came that belongs to the same group */
  if (self->starts_day == starts_day && self->starts_group == starts_group && self->ends_group == ends_group)
    return;

  g_object_freeze_notify (G_OBJECT (self));
  if (self->starts_day != starts_day)
    {
      self->starts_day = starts_day;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STARTS_DAY]);
    }
  if (self->starts_group != starts_group)
    {
      self->starts_group = starts_group;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STARTS_GROUP]);
    }
  if (self->ends_group != ends_group)
    {
      self->ends_group = ends_group;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENDS_GROUP]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

int
chat_message_compare (ChatMessage *a,
                      ChatMessage *b)
{
  if (a->id != 0 && b->id != 0)
    return (a->id > b->id) - (a->id < b->id);
  if (a->id != 0 || b->id != 0)
    return a->id != 0 ? -1 : 1;

  return (a->date > b->date) - (a->date < b->date);
}
