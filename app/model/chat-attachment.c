/* chat-attachment.c: the file that a message carries
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-attachment.h"

#include <string.h>

struct _ChatAttachment
{
  GObject              parent_instance;

  char                *name;
  char                *media_type;
  char                *sha256;
  char                *address;
  char                *failure;
  char                *path;
  GBytes              *preview;
  gint64               size;
  gint64               done;
  int                  width;
  int                  height;
  ChatAttachmentState  state;
  gboolean             outgoing;
};

enum
{
  PROP_NAME = 1,
  PROP_SIZE,
  PROP_MEDIA_TYPE,
  PROP_SHA256,
  PROP_WIDTH,
  PROP_HEIGHT,
  PROP_PREVIEW,
  PROP_OUTGOING,
  PROP_ADDRESS,
  PROP_STATE,
  PROP_FAILURE,
  PROP_DONE,
  PROP_PATH,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ChatAttachment, chat_attachment, G_TYPE_OBJECT)

GType
chat_attachment_state_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { CHAT_ATTACHMENT_REMOTE, "CHAT_ATTACHMENT_REMOTE", "remote" },
        { CHAT_ATTACHMENT_QUEUED, "CHAT_ATTACHMENT_QUEUED", "queued" },
        { CHAT_ATTACHMENT_TRANSFERRING, "CHAT_ATTACHMENT_TRANSFERRING", "transferring" },
        { CHAT_ATTACHMENT_PAUSED, "CHAT_ATTACHMENT_PAUSED", "paused" },
        { CHAT_ATTACHMENT_FAILED, "CHAT_ATTACHMENT_FAILED", "failed" },
        { CHAT_ATTACHMENT_LOCAL, "CHAT_ATTACHMENT_LOCAL", "local" },
        { 0, NULL, NULL }
      };

      g_once_init_leave (&type, g_enum_register_static ("ChatAttachmentState", values));
    }

  return type;
}

static void
chat_attachment_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  ChatAttachment *self = CHAT_ATTACHMENT (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_SIZE:
      g_value_set_int64 (value, self->size);
      break;
    case PROP_MEDIA_TYPE:
      g_value_set_string (value, self->media_type);
      break;
    case PROP_SHA256:
      g_value_set_string (value, self->sha256);
      break;
    case PROP_WIDTH:
      g_value_set_int (value, self->width);
      break;
    case PROP_HEIGHT:
      g_value_set_int (value, self->height);
      break;
    case PROP_PREVIEW:
      g_value_set_boxed (value, self->preview);
      break;
    case PROP_OUTGOING:
      g_value_set_boolean (value, self->outgoing);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_FAILURE:
      g_value_set_string (value, self->failure);
      break;
    case PROP_DONE:
      g_value_set_int64 (value, self->done);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_attachment_finalize (GObject *object)
{
  ChatAttachment *self = CHAT_ATTACHMENT (object);

  g_free (self->name);
  g_free (self->media_type);
  g_free (self->sha256);
  g_free (self->address);
  g_free (self->failure);
  g_free (self->path);
  g_clear_pointer (&self->preview, g_bytes_unref);

  G_OBJECT_CLASS (chat_attachment_parent_class)->finalize (object);
}

static void
chat_attachment_class_init (ChatAttachmentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = chat_attachment_get_property;
  object_class->finalize = chat_attachment_finalize;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, ro);
  properties[PROP_SIZE] = g_param_spec_int64 ("size", NULL, NULL, 0, G_MAXINT64, 0, ro);
  properties[PROP_MEDIA_TYPE] = g_param_spec_string ("media-type", NULL, NULL, NULL, ro);
  properties[PROP_SHA256] = g_param_spec_string ("sha256", NULL, NULL, NULL, ro);
  properties[PROP_WIDTH] = g_param_spec_int ("width", NULL, NULL, 0, G_MAXINT, 0, ro);
  properties[PROP_HEIGHT] = g_param_spec_int ("height", NULL, NULL, 0, G_MAXINT, 0, ro);
  properties[PROP_PREVIEW] = g_param_spec_boxed ("preview", NULL, NULL, G_TYPE_BYTES, ro);
  properties[PROP_OUTGOING] = g_param_spec_boolean ("outgoing", NULL, NULL, FALSE, ro);
  properties[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, ro);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, CHAT_TYPE_ATTACHMENT_STATE, CHAT_ATTACHMENT_REMOTE, ro);
  properties[PROP_FAILURE] = g_param_spec_string ("failure", NULL, NULL, NULL, ro);
  properties[PROP_DONE] = g_param_spec_int64 ("done", NULL, NULL, 0, G_MAXINT64, 0, ro);
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, ro);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
chat_attachment_init (ChatAttachment *self)
{
}

ChatAttachment *
chat_attachment_new (const ChatAttachmentInfo *info,
                     gboolean                  outgoing)
{
  ChatAttachment *self;

  g_return_val_if_fail (info != NULL && info->name != NULL && info->size >= 0, NULL);

  self = g_object_new (CHAT_TYPE_ATTACHMENT, NULL);
  self->name = g_strdup (info->name);
  self->size = info->size;
  self->media_type = g_strdup (info->media_type != NULL ? info->media_type : "application/octet-stream");
  self->sha256 = g_strdup (info->sha256);
  self->width = MAX (info->width, 0);
  self->height = MAX (info->height, 0);
  self->preview = info->preview != NULL ? g_bytes_ref (info->preview) : NULL;
  self->outgoing = outgoing;
  return self;
}

const char *
chat_attachment_get_name (ChatAttachment *self)
{
  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), NULL);

  return self->name;
}

/* What has no place in the name of a file, or is not seen in it: that of several systems, for it may be passed on */
static gboolean
is_safe (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return c >= 0x80 || strchr ("/\\:*?\"<>|", (int) c) == NULL;
    }
}

char *
chat_attachment_dup_safe_name (ChatAttachment *self)
{
  g_autofree char *valid = NULL;
  GString *name = g_string_new (NULL);
  const char *dot;

  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), NULL);

  valid = g_utf8_make_valid (self->name, -1);
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      /* One space says as much as many, which push the ending out of sight */
      if (g_unichar_isspace (c))
        c = ' ';
      if (c == ' ' ? name->len == 0 || name->str[name->len - 1] == ' ' : c == '.' && name->len == 0)
        continue;
      if (g_unichar_type (c) != G_UNICODE_FORMAT)
        g_string_append_unichar (name, is_safe (c) ? c : '_');
    }
  while (name->len > 0 && (name->str[name->len - 1] == ' ' || name->str[name->len - 1] == '.'))
    g_string_truncate (name, name->len - 1);

  /* What is too long is cut before its ending */
  dot = strrchr (name->str, '.');
  if (name->len > CHAT_ATTACHMENT_MAX_SAFE_NAME)
    {
      gsize ending = dot != NULL && name->len - (dot - name->str) < CHAT_ATTACHMENT_MAX_SAFE_NAME / 2 ? name->len - (dot - name->str) : 0;
      gsize from = CHAT_ATTACHMENT_MAX_SAFE_NAME - ending;

      while (from > 0 && ((guchar) name->str[from] & 0xc0) == 0x80)
        from--;
      g_string_erase (name, from, name->len - ending - from);
    }
  if (name->len == 0)
    g_string_append (name, "file");

  return g_string_free (name, FALSE);
}

gint64
chat_attachment_get_size (ChatAttachment *self)
{
  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), 0);

  return self->size;
}

const char *
chat_attachment_get_media_type (ChatAttachment *self)
{
  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), NULL);

  return self->media_type;
}

const char *
chat_attachment_get_sha256 (ChatAttachment *self)
{
  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), NULL);

  return self->sha256;
}

gboolean
chat_attachment_get_dimensions (ChatAttachment *self,
                                int            *width,
                                int            *height)
{
  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), FALSE);

  if (width != NULL)
    *width = self->width;
  if (height != NULL)
    *height = self->height;
  return self->width > 0 && self->height > 0;
}

GBytes *
chat_attachment_get_preview (ChatAttachment *self)
{
  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), NULL);

  return self->preview;
}

gboolean
chat_attachment_get_outgoing (ChatAttachment *self)
{
  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), FALSE);

  return self->outgoing;
}

const char *
chat_attachment_get_address (ChatAttachment *self)
{
  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), NULL);

  return self->address;
}

void
chat_attachment_set_address (ChatAttachment *self,
                             const char     *address)
{
  g_return_if_fail (CHAT_IS_ATTACHMENT (self));

  if (g_strcmp0 (self->address, address) == 0)
    return;

  g_free (self->address);
  self->address = g_strdup (address);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
}

ChatAttachmentState
chat_attachment_get_state (ChatAttachment *self)
{
  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), CHAT_ATTACHMENT_REMOTE);

  return self->state;
}

const char *
chat_attachment_get_failure (ChatAttachment *self)
{
  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), NULL);

  return self->failure;
}

void
chat_attachment_set_state (ChatAttachment      *self,
                           ChatAttachmentState  state,
                           const char          *failure)
{
  g_return_if_fail (CHAT_IS_ATTACHMENT (self));

  if (state != CHAT_ATTACHMENT_FAILED)
    failure = NULL;
  g_object_freeze_notify (G_OBJECT (self));
  if (g_strcmp0 (self->failure, failure) != 0)
    {
      g_free (self->failure);
      self->failure = g_strdup (failure);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FAILURE]);
    }
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

gint64
chat_attachment_get_done (ChatAttachment *self)
{
  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), 0);

  return self->done;
}

void
chat_attachment_set_done (ChatAttachment *self,
                          gint64          bytes)
{
  g_return_if_fail (CHAT_IS_ATTACHMENT (self));

  bytes = CLAMP (bytes, 0, self->size);
  if (self->done == bytes)
    return;

  self->done = bytes;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DONE]);
}

const char *
chat_attachment_get_path (ChatAttachment *self)
{
  g_return_val_if_fail (CHAT_IS_ATTACHMENT (self), NULL);

  return self->path;
}

void
chat_attachment_set_path (ChatAttachment *self,
                          const char     *path)
{
  g_return_if_fail (CHAT_IS_ATTACHMENT (self));

  if (g_strcmp0 (self->path, path) == 0)
    return;

  g_free (self->path);
  self->path = g_strdup (path);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PATH]);
}
