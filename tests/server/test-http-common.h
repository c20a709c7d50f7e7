/* test-http-common.h: raw HTTP against the server of files: what goes over the wire stands in the tests as it is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "test-server-common.h"

G_BEGIN_DECLS

/**
 * Reply: what came back until the other end closed
 */
typedef struct
{
  guint       status;           /* 0: nothing came */
  GHashTable *headers;          /* names in lower case */
  char       *body;
  gsize       length;
  guint       n_continue;       /* how many "100 Continue" came before */
} Reply;
void        reply_free          (Reply           *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reply, reply_free)
const char *reply_get           (Reply           *self,
                                 const char      *name);

/* A connection to where files are served */
GIOStream  *http_connect        (ChatTestServer  *server);
void        http_write          (GIOStream       *stream,
                                 const char      *bytes,
                                 gssize           length);
/* Returns: FALSE where the other end has closed meanwhile */
gboolean    http_try_write      (GIOStream       *stream,
                                 const char      *bytes,
                                 gsize            length);
/* reads to the end */
Reply      *http_read           (GIOStream       *stream);
/* @path: or a whole address; @headers: lines that end with \r\n, or ""; @body: (nullable) */
Reply      *http_ask            (ChatTestServer  *server,
                                 const char      *method,
                                 const char      *path,
                                 const char      *headers,
                                 const char      *body,
                                 gsize            length);
/* the part of an address that comes after the host */
const char *path_of             (const char      *url);

#define MIB (1024 * 1024)

/* logs in, naming "media" and "client-ref" */
Client     *log_in_media        (ChatTestServer  *server,
                                 const char      *login);
/* asks without a body; the answer has this status */
void        expect_status       (ChatTestServer  *server,
                                 const char      *method,
                                 const char      *path,
                                 const char      *headers,
                                 guint            status);
/* MEDIA_UPLOAD; @client has named "media". Returns: (transfer full): the address to upload to */
char       *ask_upload          (Client          *client,
                                 const char      *name,
                                 const char      *media_type,
                                 const char      *bytes,
                                 gsize            length);
/* the same, and the bytes. Returns: (transfer full): the download address */
char       *upload              (ChatTestServer  *server,
                                 Client          *client,
                                 const char      *name,
                                 const char      *media_type,
                                 const char      *bytes,
                                 gsize            length);
/* bytes that are no text and do not repeat */
char       *make_bytes          (gsize            length,
                                 guint32          seed);

G_END_DECLS
