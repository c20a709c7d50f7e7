/* chat-media-manager-private.h: what the files of ChatMediaManager share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-media-manager.h"

#include "chat-session-private.h"

G_BEGIN_DECLS

typedef struct _ChatMediaJob ChatMediaJob;

/** ChatMediaFile: one content that somebody knows of */
typedef struct
{
  ChatMediaManager       *manager;
  char                   *sha256;
  gint64                  size;
  char                   *address;      /* (nullable): from where it can be had: as it was told last */
  ChatStoreDownloadState  state;        /* as it is in the store */
  char                   *failure;      /* (nullable): why it did not come */
  GPtrArray              *attachments;  /* that show it, each weakly */
  ChatMediaJob           *job;          /* (nullable): that brings it */
  guint                   met;          /* the number of the look for unused ones before which a message with it was met last */
} ChatMediaFile;

/** ChatMediaJob: a transfer that waits or runs; counted: the call that is on its way holds one */
struct _ChatMediaJob
{
  guint             refs;
  ChatMediaManager *manager;      /* (nullable): %NULL once nobody wants it any more */
  ChatMediaFile    *file;         /* of a download */
  ChatMessage      *message;      /* of an upload */
  ChatClientFile   *what;
  char             *ref;
  char             *address;      /* (nullable): of an upload: where to */
  GCancellable     *cancellable;  /* while it runs */
  gboolean          paused;       /* an upload: by the person */
  gboolean          stopping;     /* it runs, but is to end */
  guint             n_failed;     /* in a row, without a byte */
  guint             n_anew;
  goffset           done;         /* bytes */
  goffset           done_before;  /* when it was tried last */
  gint64            not_before;   /* µs, monotonic */
};

struct _ChatMediaManager
{
  ChatSession       *session;
  char              *folder;
  ChatMediaEndpoint *endpoint;
  GHashTable        *files;       /* SHA-256 -> ChatMediaFile */
  GHashTable        *uploads;     /* client_ref -> ChatMediaJob */
  GHashTable        *holds;       /* SHA-256 -> how often */
  GQueue             queue;       /* of ChatMediaJob that wait */
  GQueue             running;
  gboolean           ready;       /* the folder is there */
  guint              generation;
  guint              timer;
  guint              tidy_timer;
  guint              n_tidied;    /* looks for unused ones */
  gint64             auto_images;
  gint64             auto_files;
};

/** chat_media_manager_pump: starts what may run */
void  chat_media_manager_pump        (ChatMediaManager *self);
char *chat_media_manager_dup_path    (ChatMediaManager *self,
                                      const char       *sha256);
/** chat_media_file_show: its attachments show how it is */
void  chat_media_file_show           (ChatMediaFile    *file);
/** chat_media_file_set_state: also in the store */
void  chat_media_file_set_state      (ChatMediaFile    *file,
                                      ChatStoreDownloadState state);
/** chat_media_file_settle: forgets it where nobody wants it any more */
void  chat_media_file_settle         (ChatMediaFile    *file);

/** chat_media_file_forget: no message has it any more: it stops, and what has come is deleted */
void  chat_media_file_forget         (ChatMediaFile    *file);
/** chat_media_manager_is_wanted: whether a content that is in no message known is about to be sent */
gboolean chat_media_manager_is_wanted (ChatMediaManager *self,
                                      const char       *sha256);

/* chat-media-tidy.c */
void  chat_media_manager_stop_tidying (ChatMediaManager *self);

/* chat-media-jobs.c */
void  chat_media_job_unref           (ChatMediaJob     *job);
/** chat_media_job_drop: nobody wants it any more; what runs ends by itself */
void  chat_media_job_drop            (ChatMediaJob     *job);
/** chat_media_job_enqueue: @first: before all others */
void  chat_media_job_enqueue         (ChatMediaJob     *job,
                                      gboolean          first);
/** chat_media_job_run: takes it out of the queue */
void  chat_media_job_run             (ChatMediaJob     *job);
/** chat_media_job_can_run: whether it could with what there is now */
gboolean chat_media_job_can_run      (ChatMediaJob     *job);
void  chat_media_job_show            (ChatMediaJob     *job);
/** chat_media_job_refuse: the server of the connection takes no files: the upload has failed */
void  chat_media_job_refuse          (ChatMediaJob     *job);

G_END_DECLS
