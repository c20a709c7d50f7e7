/* chat-server-media-private.h: what the files of the HTTP server share; all of it belongs to its thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <libsoup/soup.h>

#include "chat-server-limits.h"
#include "chat-server-media.h"
#include "chat-server-poller.h"

G_BEGIN_DECLS

typedef struct _MediaConnection MediaConnection;
typedef struct _MediaRequest    MediaRequest;
typedef struct _MediaUpload     MediaUpload;
typedef struct _MediaTask       MediaTask;

struct _ChatServerMedia
{
  GMainContext         *context;
  GThread              *thread;
  ChatServerPoller     *poller;
  ChatServerTimers     *timers;
  GPtrArray            *listeners;
  ChatStorageInbox     *inbox;
  ChatServerStorage    *storage;
  ChatServerTlsContext *tls;
  SoupServer           *server;
  GThreadPool          *workers;        /* what the disk may take its time for */
  char                 *folder;
  char                 *url;
  char                 *host;
  guint16               port;
  gint64                limit;
  gint64                quota;
  gint64                silence;        /* µs */
  gint64                window;
  gint                  is_stopping;    /* atomic */
  gint                  free_mib;       /* atomic: MiB that the disk has left */

  MediaConnection      *connections;
  guint                 n_connections;
  GHashTable           *n_by_address;   /* char * -> how many connections */
  MediaConnection      *accepting;      /* the one that libsoup is being given */
  GHashTable           *uploads;        /* char * (address) -> MediaUpload */
  GQueue                idle_uploads;   /* those that nobody sends: the one of the longest ago at the head */
  GQueue                sending;        /* of MediaRequest: downloads whose next piece is wanted */
  GSource              *send_source;
  ChatServerTimer       watch_timer;
  ChatServerTimer       expire_timer;
  guint                 n_jobs;         /* at the storage or the workers */
};

/* One connection: one request */
struct _MediaConnection
{
  MediaConnection   *next;
  MediaConnection   *previous;
  ChatServerMedia   *media;
  GSocket           *socket;
  GIOStream         *stream;            /* unowned: its end is the connection's */
  char              *address;
  MediaRequest      *request;           /* nullable */
  gint64             deadline;          /* µs; 0: none */
  guint64            window_bytes;      /* what had gone to and fro when the window began */
  gboolean           is_draining;
};

/* One request, from its headers to its end; it is there as long as a job of its own is under way, too */
struct _MediaRequest
{
  ChatServerMedia   *media;
  MediaConnection   *connection;        /* NULL: it has ended */
  SoupServerMessage *message;           /* NULL: it has been answered, or cut off */
  guint              n_jobs;            /* storage jobs and tasks that will come back to it */
  guint              status;            /* of a body that is refused; 0: it is not */
  gint64             n_refused;         /* bytes of that */
  char              *address;
  char              *location;          /* for the answer */
  gboolean           is_upload;         /* of /u/, else of /m/ */
  gboolean           is_head;
  gboolean           is_paused;         /* by us */

  /* a download */
  int                fd;                /* -1: none */
  gint64             offset;
  gint64             end;

  /* an upload */
  MediaUpload       *upload;            /* nullable: it is the one that sends */
  gboolean           has_range;
  gint64             range_first;
  gint64             range_last;
  gint64             range_total;
  gint64             n_turn;            /* bytes that came in this turn of the loop */
};

/* An upload that is under way, or was a moment ago */
struct _MediaUpload
{
  ChatServerMedia   *media;
  ChatStorageFile   *file;              /* what was told of it */
  MediaRequest      *request;           /* nullable: who sends */
  int                fd;                /* -1: nobody sends */
  gint64             offset;
  gint64             synced;            /* up to which it was on the disk when it was last asked for */
  gint64             checked;           /* up to which there was room */
  gnutls_hash_hd_t   hash;              /* NULL: not known, of what came before the server started */
  guint              n_tasks;
  gboolean           is_syncing;
  gboolean           is_finishing;
  gboolean           is_over;           /* nobody finds it any more; it goes with its last task */
  GList              idle;              /* its link in idle_uploads */
};

/* chat-server-media-http.c: connections, and what request goes where */
void          chat_server_media_http_init        (ChatServerMedia   *self);
/** chat_server_media_accept: as ChatServerAccept */
void          chat_server_media_accept           (GSocket           *socket,
                                                  const char        *address,
                                                  gpointer           self);
/** chat_server_media_watch: once a second: who is too slow */
void          chat_server_media_watch            (ChatServerMedia   *self);
/** media_connection_close: at once */
void          media_connection_close             (MediaConnection   *self);

/** media_request_pause: nothing is read or written until media_request_resume() */
void          media_request_pause                (MediaRequest      *self);
void          media_request_resume               (MediaRequest      *self);
/** media_request_submit: @job: (transfer full). Its `done` gets @self, and calls media_request_leave() first */
void          media_request_submit               (MediaRequest      *self,
                                                  ChatStorageJob    *job);
void          media_request_enter                (MediaRequest      *self);
/** media_request_leave: Returns: %FALSE where the request has ended meanwhile; @self may be gone then */
gboolean      media_request_leave                (MediaRequest      *self);
/** media_request_answer: the status, and what belongs into every answer; then it goes on by itself */
void          media_request_answer               (MediaRequest      *self,
                                                  guint              status);
/** media_request_refuse: the same where a body may still come */
void          media_request_refuse               (MediaRequest      *self,
                                                  guint              status);
void          media_request_set_header           (MediaRequest      *self,
                                                  const char        *name,
                                                  const char        *value);

/* chat-server-media-get.c */
void          media_get_start                    (MediaRequest      *self);
void          media_get_end                      (MediaRequest      *self);
void          media_get_init                     (ChatServerMedia   *media);
void          media_get_clear                    (ChatServerMedia   *media);

/* chat-server-media-put.c */
void          media_put_start                    (MediaRequest      *self);
void          media_put_chunk                    (MediaRequest      *self,
                                                  GBytes            *chunk);
void          media_put_body                     (MediaRequest      *self);
void          media_put_end                      (MediaRequest      *self);
void          media_upload_free                  (MediaUpload       *self);
/** media_task_run: in a worker */
void          media_task_run                     (gpointer           task,
                                                  gpointer           media);

G_END_DECLS
