/* chat-media-endpoint.c: where a server keeps files, and who may be trusted to be it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-media-endpoint.h"

#include "chat-connector.h"

/* The bits of an address, as hexadecimal digits */
#define ADDRESS_DIGITS 32
/* No address of ours comes near to that: a name is at most 255 bytes, each three characters */
#define MAX_ADDRESS_LENGTH 2048

struct _ChatMediaEndpoint
{
  gatomicrefcount  refs;
  GUri            *base;
  char            *pinned;
};

/* The path of @uri as it is on the wire, where it is an address over HTTP that may be used at all */
static GUri *
parse (const char *text)
{
  g_autoptr (GUri) uri = NULL;

  if (text == NULL || strlen (text) > MAX_ADDRESS_LENGTH)
    return NULL;
  uri = g_uri_parse (text, G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  if (uri == NULL || g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL
      || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return NULL;
  if (strcmp (g_uri_get_scheme (uri), "https") != 0 && strcmp (g_uri_get_scheme (uri), "http") != 0)
    return NULL;
  return g_steal_pointer (&uri);
}

ChatMediaEndpoint *
chat_media_endpoint_new (const char *base,
                         const char *pinned,
                         gboolean    insecure)
{
  g_autoptr (GUri) uri = parse (base);
  ChatMediaEndpoint *self;

  if (uri == NULL || !g_str_has_suffix (g_uri_get_path (uri), "/"))
    return NULL;
  if (!insecure && strcmp (g_uri_get_scheme (uri), "https") != 0)
    return NULL;
  self = g_new0 (ChatMediaEndpoint, 1);
  g_atomic_ref_count_init (&self->refs);
  self->base = g_steal_pointer (&uri);
  self->pinned = g_strdup (pinned);
  return self;
}

ChatMediaEndpoint *
chat_media_endpoint_ref (ChatMediaEndpoint *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
chat_media_endpoint_unref (ChatMediaEndpoint *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_uri_unref (self->base);
  g_free (self->pinned);
  g_free (self);
}

GUri *
chat_media_endpoint_parse (ChatMediaEndpoint    *self,
                           ChatMediaAddressKind  kind,
                           const char           *address)
{
  g_autoptr (GUri) uri = parse (address);
  const char *base_path = g_uri_get_path (self->base);
  const char *path;

  if (uri == NULL
      || strcmp (g_uri_get_scheme (uri), g_uri_get_scheme (self->base)) != 0
      || g_ascii_strcasecmp (g_uri_get_host (uri), g_uri_get_host (self->base)) != 0
      || g_uri_get_port (uri) != g_uri_get_port (self->base)
      || !g_str_has_prefix (g_uri_get_path (uri), base_path))
    return NULL;
  path = g_uri_get_path (uri) + strlen (base_path);
  if (!g_str_has_prefix (path, kind == CHAT_MEDIA_UPLOAD_ADDRESS ? "u/" : "m/"))
    return NULL;
  path += 2;
  if (strspn (path, "0123456789abcdef") != ADDRESS_DIGITS)
    return NULL;
  path += ADDRESS_DIGITS;
  /* After the bits, of an address to download from, a name for people */
  if (*path != '\0' && (kind != CHAT_MEDIA_DOWNLOAD_ADDRESS || *path != '/' || strchr (path + 1, '/') != NULL))
    return NULL;
  return g_steal_pointer (&uri);
}

gboolean
chat_media_endpoint_trusts (ChatMediaEndpoint *self,
                            GTlsCertificate   *certificate)
{
  g_autofree char *fingerprint = NULL;

  if (self->pinned == NULL || certificate == NULL)
    return FALSE;
  fingerprint = chat_fingerprint_of (certificate);
  return g_ascii_strcasecmp (self->pinned, fingerprint) == 0;
}
