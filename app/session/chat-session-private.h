/* chat-session-private.h: between the parts of the session
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "chat-account.h"
#include "chat-client.h"
#include "chat-media-manager.h"
#include "chat-memory.h"
#include "chat-outbox.h"
#include "chat-session-feed.h"
#include "chat-session-internal.h"

G_BEGIN_DECLS

/* The limits of this layer */
#define CHAT_SESSION_MAX_PREVIEWS 20    /* rooms whose newest page is asked for where the server tells no previews */
#define CHAT_SESSION_MAX_PAGES    200   /* rooms whose newest page is asked for when all is asked for anew, to be there later */
#define CHAT_SESSION_MAX_ORPHANS  100   /* messages of rooms that we have not met yet, kept until the rooms are told */
#define CHAT_SESSION_MAX_UNREAD   1000
#define CHAT_SESSION_MAX_PREVIEW  1024  /* bytes of the newest message of a room that nobody looks at: there may be many rooms */
#define CHAT_SESSION_MAX_PAUSE_S  3600  /* the longest that a server may ask us to stay away */
#define CHAT_SESSION_MAX_PEOPLE   5000  /* whose presence is known (PROTOCOL.md: what a server tells of) */
#define CHAT_SESSION_MAX_NAME     64    /* bytes of a login: CHAT_MAX_LOGIN_SIZE */
#define CHAT_SESSION_MAX_SAVING   1000  /* files that are to be saved when they are here */
#define CHAT_SESSION_MAX_TYPISTS  200   /* who type at the same time, in all rooms */

/**
 * ChatRoomInfo: what the session knows of a room besides its model
 */
typedef struct
{
  ChatSession     *session;
  ChatRoom        *room;            /* owned */
  ChatMessageList *list;            /* weak: while anybody holds it */
  gpointer         history;         /* weak: the ChatRoomHistory of that */
  gint64           first_id;        /* oldest message, as OLD_DIALOGS told; 0: none or not told */
  gint64           newest_id;       /* newest message that was ever met; 0: none was */
  guint64          met;             /* the number of the refresh before which it was met */
  gint64           mark_wanted;     /* read mark that the server is to be told */
  gboolean         mark_in_flight;
  gint64           delivered;       /* what was kept of others last */
  gint64           delivered_told;  /* up to which the server knows it */
  gboolean         delivered_in_flight;
  int              muted_wanted;    /* -1: the server knows. Kept in the store as a wish */
  int              pinned_wanted;
  gboolean         set_in_flight;
  gint64           typing_told;     /* µs, monotonic: when the server was told that the person types; 0: never */
  gulong           notify_id;
  gboolean         draft_changed;   /* and not written yet */
  gboolean         position_changed;
  gboolean         numbers_changed;
  gboolean         wish_changed;
} ChatRoomInfo;

/**
 * ChatSessionSettings: what others are told of the person; see chat-session-settings.c
 */
typedef enum
{
  CHAT_SESSION_SENDS_RECEIPTS,
  CHAT_SESSION_SENDS_TYPING,
  CHAT_SESSION_SENDS_PRESENCE,
  CHAT_SESSION_N_SETTINGS
} ChatSessionSetting;
typedef struct
{
  gboolean told[CHAT_SESSION_N_SETTINGS];     /* as the server has them */
  gboolean kept[CHAT_SESSION_N_SETTINGS];     /* the same, as of what was given to the store last */
  int      wanted[CHAT_SESSION_N_SETTINGS];   /* that the server is to be told; -1: it knows */
  gboolean known;                             /* the server told them */
  gboolean kept_known;
  guint    bits;                              /* what was given to the store last */
  gboolean ask;                               /* the server is to be asked */
  gboolean in_flight;
  guint    timer;                             /* until it is told again */
} ChatSessionSettings;

struct _ChatSession
{
  GObject           parent_instance;

  /* What is told */
  ChatSessionState  state;
  char             *server;
  char             *login;
  GError           *error;
  gint64            retry_at;
  guint             abilities;
  ChatRoomList     *rooms;
  gboolean          insecure;
  char             *fingerprint;          /* of the certificate that was refused last */
  char             *accepted_fingerprint;

  /* Who */
  char             *dir;
  char             *profile;
  ChatAccount      *account;
  char             *token;
  char             *password;             /* only where the server has no tokens, only while the program runs */
  GTask            *signing_in;           /* the one that is on its way, borrowed */

  /* The connection */
  ChatClient       *client;               /* logged in */
  ChatClient       *attempt;              /* not yet */
  guint             n_attempts;           /* in a row without a good connection */
  gint64            online_since;         /* µs, monotonic */
  guint             retry_timer;
  gint64            not_before;           /* µs, monotonic: the server asked us not to come again sooner */
  GNetworkMonitor  *monitor;
  gboolean          watching;             /* the monitor */
  gboolean          available;
  guint             tick;                 /* see chat-session-wake.c */
  gint64          (*get_asleep) (void);
  gint64            asleep;               /* µs: how long the computer had slept when it was looked at last */
  ChatSessionTimes  times;
  gboolean          closed;

  /* Rooms */
  GHashTable       *infos;                /* room id -> ChatRoomInfo */
  guint64           n_refreshes;
  gboolean          refreshing;
  gboolean          refresh_again;
  gboolean          begun_anew;           /* over this connection */
  gint64            refreshed_at;         /* µs, monotonic; 0: not over this connection */
  guint             refresh_timer;
  GHashTable       *gone;                 /* ids of rooms that were deleted while a refresh is on its way */
  GPtrArray        *orphans;              /* of ChatClientMessage */
  GQueue            previews;             /* of room ids: still to be asked for */
  gboolean          previewing;

  /* The account */
  ChatSessionSettings settings;

  /* People */
  GHashTable       *people;               /* login in lower case -> Person */
  ChatClient       *people_client;        /* weak: who told of them */
  GQueue            typists;              /* of Typist, in the order of their ends */
  guint             typing_timer;

  /* Messages */
  ChatMemory       *memory;
  ChatOutbox       *outbox;

  /* Files */
  ChatMediaManager *media;
  gint64            media_limit;          /* bytes of one; 0: not told */
  GHashTable       *sending_files;        /* client_ref -> GTask that ends when the message is kept */
  GPtrArray        *saving;               /* of GTask that wait for a file */
  GPtrArray        *room_files;           /* what chat-room-files.c knows of its lists; each weakly */

  /* What is kept */
  ChatStore        *store;                /* NULL: nothing is */
  char             *store_path;
  gpointer          opening;              /* of chat-session-keep.c, while the store is being opened */
  GQueue            feed;                 /* of ChatSessionEvent */
  guint             n_waiting;            /* events in the feed and in the commit that is under way */
  gsize             waiting_bytes;
  gboolean          choked;               /* too many: the server has to wait */
  guint             feed_generation;      /* of the store: what is on its way for another is not applied */
  gboolean          committing;           /* or applying what was committed */
  struct _ChatSessionCommit *applying;    /* what is left of it, for apply_timer */
  guint             apply_timer;
  gboolean          held;                 /* the store is being opened */
  gboolean          reset_wanted;         /* with the next batch */
  gboolean          keep_failing;         /* the store did not take something, and nothing since */
  gint64            problem_told;         /* µs, monotonic: when the person was told of that last; 0: not yet */
  gboolean          numbers_kept;         /* by the batch that is being built */
  gboolean          numbers_untold;       /* some of them the server does not know yet */
  gboolean          salvaged;             /* drafts of rooms that are not told yet */
  gint64            counted_seq;          /* up to this change the unread are counted as the server told them with the rooms */
  gboolean          verify_rooms;         /* what waits goes out only when it is known that the rooms are still the same */
  guint             keep_timer;

  /* In step with the server: see chat-session-sync.c */
  gint64            position;             /* the sync position when all is committed that waits; 0: none */
  gboolean          syncs;                /* the server of this connection can, and there is a store */
  gboolean          in_step;              /* this connection has told all up to the position */
  gboolean          astray;               /* something was not kept: the position must not move until all is told again */
  gboolean          unsure;               /* the position moved after the numbers of the rooms were written last */
  guint             delivery_timer;
  guint             tell_timer;           /* the server does not want to be told of more marks before */
  gboolean          check_rooms;          /* the numbers of the rooms are to be asked for: after the replay, and until they were told */
  gboolean          catching_up;          /* this connection has not told yet what came before it */
};

/** CHAT_SESSION_KEEP_UNSURE: what the store keeps as abilities: the numbers of the rooms, or what the server is to be told of them,
 * may not be written */
#define CHAT_SESSION_KEEP_UNSURE 1

/**
 * ChatSessionCall: what an answer needs to find its way back; it keeps nothing alive
 */
typedef struct
{
  GWeakRef  session;
  GWeakRef  client;     /* over which it was asked */
  gint64    id;
  gint64    value;
} ChatSessionCall;
ChatSessionCall *chat_session_call_new    (ChatSession     *self,
                                           ChatClient      *client,
                                           gint64           id,
                                           gint64           value);
void             chat_session_call_free   (ChatSessionCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatSessionCall, chat_session_call_free)
/** chat_session_call_get: Returns: (transfer full) (nullable): %NULL once it is closed or gone */
ChatSession     *chat_session_call_get    (ChatSessionCall *call);
/** chat_session_call_is_current: whether the connection is still that over which it was asked */
gboolean         chat_session_call_is_current (ChatSessionCall *call,
                                           ChatSession     *self);

/* chat-session-keep.c: the store */
typedef void (*ChatSessionKeepFunc)   (GTask              *task);
/** chat_session_keep_open: opens the store of the account and shows what is in it; then calls @func, whether it could or not.
 * Where it is being opened already, that one is waited for.
 * @anew: the account is a new one: what is kept under its name is of another life of the server. @task: of the session */
void    chat_session_keep_open        (ChatSession        *self,
                                       gboolean            anew,
                                       GTask              *task,
                                       ChatSessionKeepFunc func);
/** chat_session_keep_drop: closes the store; the file stays */
void    chat_session_keep_drop        (ChatSession        *self);
/** chat_session_keep_remove: closes the store and deletes the file */
void    chat_session_keep_remove      (ChatSession        *self,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
/** chat_session_keep_close: the program ends: waits until all is written, but not for long */
void    chat_session_keep_close       (ChatSession        *self);
/** chat_session_keep_watch: what the person changes about the room of @info is kept from now on */
void    chat_session_keep_watch       (ChatSession        *self,
                                       ChatRoomInfo       *info);
/** chat_session_keep_failed: says it, where it has not been said yet, and tries again after a while what the person did */
void    chat_session_keep_failed      (ChatSession        *self,
                                       const GError       *error);
/** chat_session_keep_works: the store took something: what it could not take before is tried again */
void    chat_session_keep_works       (ChatSession        *self);
void    chat_session_keep_rooms_told  (ChatSession        *self);
/** chat_session_keep_wish: what is wanted of the room of @info, and the server does not know yet, has changed: kept at once */
void    chat_session_keep_wish        (ChatSession        *self,
                                       ChatRoomInfo       *info);
/** chat_session_keep_soon: what has changed about rooms is written in a moment */
void    chat_session_keep_soon        (ChatSession        *self);

/* chat-session-sync.c: in step with the server (PROTOCOL.md, "sync") */
/** chat_session_sync_start: there is a connection: what has changed? */
void    chat_session_sync_start       (ChatSession        *self);
/** chat_session_sync_anew: nothing that is kept counts as it is: the rooms are asked for, and what is in them as it is looked at */
void    chat_session_sync_anew        (ChatSession        *self);
/** chat_session_sync_lost: something of what was told was not kept */
void    chat_session_sync_lost        (ChatSession        *self);
/** chat_session_sync_move: @event brings the change @seq; 0: not told */
void    chat_session_sync_move        (ChatSession        *self,
                                       ChatSessionEvent   *event,
                                       gint64              seq);
/** chat_session_sync_snapshot: @event brings all rooms as of @seq; -1: not told */
void    chat_session_sync_snapshot    (ChatSession        *self,
                                       ChatSessionEvent   *event,
                                       gint64              seq);
/** chat_session_event_counts: whether @event is the next in the order of changes, and not yet in the counts of unread messages: pushes before
 * the end of a replay are told again by it, and those after the list of rooms may be in that */
gboolean chat_session_event_counts    (ChatSession            *self,
                                       const ChatSessionEvent *event);
/** chat_session_count_wanted: how many are unread in some room only the server knows: it is asked, after the replay that is under way */
void    chat_session_count_wanted     (ChatSession        *self);
/** chat_session_sync_marked: one's own mark in a room came by a replay */
void    chat_session_sync_marked      (ChatSession        *self,
                                       gint64              room_id);

/* chat-session-wishes.c: what was chosen for a room */
/** chat_session_tell_wish: the server is told what it does not know yet */
void    chat_session_tell_wish        (ChatSession        *self,
                                       ChatRoomInfo       *info);

/* chat-session-receipts.c: how far everybody has got (PROTOCOL.md, "receipts") */
/** chat_session_feed_receipt: how far another member has got: message ids; 0: not told by this */
void    chat_session_feed_receipt     (ChatSession            *self,
                                       gint64                  room_id,
                                       const char             *name,
                                       gint64                  delivered,
                                       gint64                  read,
                                       const ChatClientChange *change);
/** chat_session_is_member: whether @name, which is not one's own, is in the room. @info: (nullable) */
gboolean chat_session_is_member       (ChatSession            *self,
                                       ChatRoomInfo           *info,
                                       const char             *name);
/** chat_session_show_mark: @name has got so far: the messages that are held show it. Who is no member is ignored */
void    chat_session_show_mark        (ChatSession            *self,
                                       ChatRoomInfo           *info,
                                       const char             *name,
                                       gint64                  delivered,
                                       gint64                  seen);
/** chat_session_dress: gives @message, which has come or got its id, the receipt of its room's marks */
void    chat_session_dress            (ChatSession            *self,
                                       ChatMessage            *message);
/** chat_session_put_implied_mark, chat_session_show_implied_mark: who sends a message has read what was before it, and no other push
 * says so */
void    chat_session_put_implied_mark (ChatSession             *self,
                                       ChatStoreBatch          *batch,
                                       const ChatClientMessage *row);
void    chat_session_show_implied_mark (ChatSession            *self,
                                       ChatRoomInfo            *info,
                                       const ChatClientMessage *row);
/** chat_session_put_marks: @marks: (nullable) (element-type ChatClientMark) */
void    chat_session_put_marks        (ChatSession            *self,
                                       ChatStoreBatch         *batch,
                                       gint64                  room_id,
                                       GPtrArray              *marks);
/** chat_session_take_marks: what the server told of oneself it knows; what it does not is told */
void    chat_session_take_marks       (ChatSession            *self,
                                       ChatRoomInfo           *info,
                                       const ChatClientRoom   *row);
/** chat_session_delivered: @message_id, of another, is kept: the server is told, if it wants to know */
void    chat_session_delivery_stop    (ChatSession            *self);
void    chat_session_delivered        (ChatSession            *self,
                                       ChatRoomInfo           *info,
                                       gint64                  message_id);

/* chat-session-settings.c: what others are told of the person (PROTOCOL.md, "receipts") */
gboolean chat_session_get_setting     (ChatSession            *self,
                                       ChatSessionSetting      setting);
/** chat_session_settings_load: @bits: as the store has kept them; 0: nothing is */
void    chat_session_settings_load    (ChatSession            *self,
                                       guint                   bits);
/** chat_session_settings_keep: writes them, where the store does not have them */
void    chat_session_settings_keep    (ChatSession            *self);
/** chat_session_settings_clear: of no account any more */
void    chat_session_settings_clear   (ChatSession            *self);
/** chat_session_settings_start: there is a connection, over which nothing was told yet */
void    chat_session_settings_start   (ChatSession            *self);
/** chat_session_settings_tell: tells the server what waits, and asks where that is to be done */
void    chat_session_settings_tell    (ChatSession            *self);
void    chat_session_settings_stop    (ChatSession            *self);
/** chat_session_settings_ask: no replay tells how they are */
void    chat_session_settings_ask     (ChatSession            *self);
void    chat_session_feed_account     (ChatSession            *self,
                                       gboolean                receipts,
                                       gboolean                typing,
                                       gboolean                presence,
                                       const ChatClientChange *change);

/* chat-session-presence.c: who is there, and who types (PROTOCOL.md, "typing", "presence") */
/** chat_session_presence_told: @client: over which it came: it need not be the connection yet */
void    chat_session_presence_told    (ChatSession            *self,
                                       ChatClient             *client,
                                       const char             *name,
                                       gboolean                online,
                                       gint64                  last_seen);
/** chat_session_presence_start: there is a connection: what it has told already is shown */
void    chat_session_presence_start   (ChatSession            *self);
/** chat_session_presence_stop: the connection ended: nobody is known to be there, or to type */
void    chat_session_presence_stop    (ChatSession            *self);
/** chat_session_presence_met: @info is a new room: what is known of who is in it is shown */
void    chat_session_presence_met     (ChatSession            *self,
                                       ChatRoomInfo           *info);
void    chat_session_typing_told      (ChatSession            *self,
                                       ChatClient             *client,
                                       gint64                  room_id,
                                       const char             *name);
/** chat_session_typing_sent: what @name typed has come: it ends when the message shows, unless more is typed meanwhile */
void    chat_session_typing_sent      (ChatSession            *self,
                                       gint64                  room_id,
                                       const char             *name);
/** chat_session_typing_shown: the message of @name shows */
void    chat_session_typing_shown     (ChatSession            *self,
                                       gint64                  room_id,
                                       const char             *name);

/* chat-session.c: what is told */
/** chat_session_notify_setting: @setting: or %CHAT_SESSION_N_SETTINGS: whether any of them waits */
void    chat_session_notify_setting   (ChatSession        *self,
                                       ChatSessionSetting  setting);
void    chat_session_emit_notice      (ChatSession        *self,
                                       const char         *words);
/** chat_session_error_from: Returns: (transfer full): @error in the words of this layer */
GError *chat_session_error_from       (const GError       *error);
void    chat_session_set_state        (ChatSession        *self,
                                       ChatSessionState    state,
                                       const GError       *error,
                                       gint64              retry_at);
void    chat_session_set_identity     (ChatSession        *self,
                                       const char         *server,
                                       const char         *login,
                                       gboolean            insecure);
void    chat_session_set_abilities    (ChatSession        *self,
                                       guint               abilities);
void    chat_session_set_refused_certificate (ChatSession *self,
                                       const GError       *error,
                                       const char         *server);
void    chat_session_emit_received    (ChatSession        *self,
                                       ChatRoom           *room,
                                       ChatMessage        *message);
void    chat_session_emit_deleted     (ChatSession        *self,
                                       gint64              room_id,
                                       gint64              message_id);
void    chat_session_emit_caught_up   (ChatSession        *self);
void    chat_session_emit_removed     (ChatSession        *self,
                                       ChatRoom           *room);
/** chat_session_check_online: Returns: the connection, or %NULL after ending @task with OFFLINE */
ChatClient *chat_session_check_online (ChatSession        *self,
                                       GTask              *task);
/** chat_session_is_own: whether @login is one's own name */
gboolean chat_session_is_own          (ChatSession        *self,
                                       const char         *login);

/* chat-session-link.c: the connection */
extern const ChatClientEvents chat_session_client_events;
void    chat_session_link_start       (ChatSession        *self);
void    chat_session_link_stop        (ChatSession        *self);
/** chat_session_link_give_up: the server contradicts itself: the connection is ended, and made again later */
void    chat_session_link_give_up     (ChatSession        *self,
                                       const char         *why);
/** chat_session_link_up: @client, which has logged in, is the connection from now on */
void    chat_session_link_up          (ChatSession        *self,
                                       ChatClient         *client);
/** chat_session_make_client: Returns: (transfer full) */
ChatClient *chat_session_make_client  (ChatSession        *self);
char   *chat_session_device_name      (void);

/** chat_session_try_now: there is a reason to try at once: not sooner than the server allows */
void    chat_session_try_now          (ChatSession        *self);
/** chat_session_link_woke: the computer was asleep for @slept µs, which no timer has noticed */
void    chat_session_link_woke        (ChatSession        *self,
                                       gint64              slept);

/* chat-session-wake.c: whether the computer was asleep */
void    chat_session_wake_start       (ChatSession        *self);
void    chat_session_wake_stop        (ChatSession        *self);

/* chat-session-sign.c: the account */
/** chat_session_keep_token: @token: (nullable): a new one, as the server gave it at log-in */
void    chat_session_keep_token       (ChatSession        *self,
                                       const char         *token);
void    chat_session_drop_token       (ChatSession        *self);
/** chat_session_forget_told: all rooms and messages, sent or not */
void    chat_session_forget_told      (ChatSession        *self);
void    chat_session_cancel_sign_in   (ChatSession        *self);

/* chat-session-previews.c: newest pages */
/** chat_session_ask_previews: for the next of the rooms that wait for one, if none is on its way */
void    chat_session_ask_previews     (ChatSession        *self);

/* chat-session-rooms.c: the rooms */
ChatRoomInfo *chat_session_get_info   (ChatSession        *self,
                                       gint64              room_id);
void    chat_session_info_free        (gpointer            data);
ChatRoomInfo *chat_session_add_info   (ChatSession        *self,
                                       gint64              room_id,
                                       const char         *name);
void    chat_session_refresh_rooms    (ChatSession        *self);
/** chat_session_doubt_lists: what is added to the open windows from now on may not join what is in them. @gap: what happened meanwhile will not
 * be told: what they show may be old too, and is asked for again once the rooms are told */
void    chat_session_doubt_lists      (ChatSession        *self,
                                       gboolean            gap);
/** chat_session_rooms_in_step: all changes were told, and the list of rooms is right without being asked for */
void    chat_session_rooms_in_step    (ChatSession        *self);
/** chat_session_look_caught_up: something was told: was it the last of what came before this connection? */
void    chat_session_look_caught_up   (ChatSession        *self);
/** chat_session_has_untold: whether the server is to be told something of the room */
gboolean chat_session_has_untold      (ChatRoomInfo       *info);
/** chat_session_refresh_rooms_soon: the same, but not too often */
void    chat_session_refresh_rooms_soon (ChatSession      *self);
/** chat_session_rooms_stop: the connection ended: what is to be asked again over the next one? */
void    chat_session_rooms_stop       (ChatSession        *self);
/** chat_session_room_created: @met: the number of the refresh before which it was told */
void    chat_session_room_created     (ChatSession        *self,
                                       gint64              room_id,
                                       const char         *name,
                                       guint64             met);
void    chat_session_room_deleted     (ChatSession        *self,
                                       gint64              room_id);
void    chat_session_room_marked      (ChatSession        *self,
                                       gint64              room_id,
                                       gint64              message_id,
                                       int                 unread);
void    chat_session_room_set         (ChatSession        *self,
                                       gint64              room_id,
                                       int                 muted,
                                       int                 pinned);
/** chat_session_wrote: the person has written @message_id, here or elsewhere, and so has read what was before it */
void    chat_session_wrote            (ChatSession        *self,
                                       ChatRoomInfo       *info,
                                       gint64              message_id);
/** chat_session_raise_mark: shown, and told to the server if @tell */
void    chat_session_raise_mark       (ChatSession        *self,
                                       ChatRoomInfo       *info,
                                       gint64              message_id,
                                       gboolean            tell);

/* chat-session-messages.c, chat-session-outgoing.c: the messages */
/** chat_session_take_message: Returns: (transfer full): the one object for @row, made or brought to its newer state */
ChatMessage *chat_session_take_message (ChatSession             *self,
                                        const ChatClientMessage *row);
/** chat_session_take_quietly: the same, where nobody looks at it yet: its file does not come by itself */
ChatMessage *chat_session_take_quietly (ChatSession             *self,
                                        const ChatClientMessage *row);
/** chat_session_take_preview: the same, for one whose text may be cut: what is known whole stays so */
ChatMessage *chat_session_take_preview (ChatSession             *self,
                                        const ChatClientMessage *row);
/** chat_session_message_came: @events: (nullable) (element-type ChatStoreEvent): what was new to the store */
void    chat_session_message_came     (ChatSession             *self,
                                       const ChatSessionEvent  *event,
                                       GPtrArray               *events);
void    chat_session_message_edited   (ChatSession        *self,
                                       gint64              message_id,
                                       const char         *text,
                                       const char         *file);
/** chat_session_message_deleted: @room_id: 0: not told; @counts: it is not yet in what is counted as unread */
void    chat_session_message_deleted  (ChatSession        *self,
                                       gint64              message_id,
                                       gint64              room_id,
                                       gboolean            counts);
/** chat_session_was_gone: Returns: whether message @id came although it had been deleted: @events: (nullable): what the store says */
gboolean chat_session_was_gone        (GPtrArray          *events,
                                       gint64              id);
/** chat_session_message_gone: @message is no longer there, as was learnt later: nothing is counted */
void    chat_session_message_gone     (ChatSession        *self,
                                       ChatMessage        *message);
/** chat_session_messages_gone: @ids: (element-type gint64): they are no longer there in the room: the same */
void    chat_session_messages_gone    (ChatSession        *self,
                                       gint64              room_id,
                                       GArray             *ids);
/** chat_session_show_text: what the server has as the text of @message: shown, unless one's own change of it is on its way */
void    chat_session_show_text        (ChatSession        *self,
                                       ChatMessage        *message,
                                       const char         *text);
/** chat_session_check_text: Returns: whether @text can be sent, else @error */
gboolean chat_session_check_text      (const char         *text,
                                       GError            **error);
/** chat_session_new_text: Returns: (transfer full): a message of ours that is not in the outbox yet */
ChatMessage *chat_session_new_text    (ChatSession        *self,
                                       gint64              room_id,
                                       const char         *text);
/** chat_session_message_kept: @message of ours is in the outbox: it is shown */
void    chat_session_message_kept     (ChatSession        *self,
                                       ChatMessage        *message);
/** chat_session_newest_page_came: @rows (of ChatClientMessage, ascending) are the newest of the room: where the server tells
 * no previews and pushes can not be told from answers, this is where news are found */
void    chat_session_newest_page_came (ChatSession        *self,
                                       gint64              room_id,
                                       GPtrArray          *rows,
                                       gboolean            catching_up);
/** chat_session_show_newest: @message is the newest of its room, sent or not */
void    chat_session_show_newest      (ChatSession        *self,
                                       ChatRoomInfo       *info,
                                       ChatMessage        *message);
/** chat_session_place_newest: @message of ours has its id now: what is the newest of its room? */
void    chat_session_place_newest     (ChatSession        *self,
                                       ChatRoomInfo       *info,
                                       ChatMessage        *message);
/** chat_session_find_newest: the newest one is gone: which is it now? */
void    chat_session_find_newest      (ChatSession        *self,
                                       ChatRoomInfo       *info);
/** chat_session_take_id: @message got its id just now: it may have come by another way before */
void    chat_session_take_id          (ChatSession        *self,
                                       ChatMessage        *message,
                                       gint64              id);
/** chat_session_message_sent: the server has @message of ours under @id, with the text @sent; @counts: see chat_session_event_counts() */
void    chat_session_message_sent     (ChatSession        *self,
                                       ChatMessage        *message,
                                       const char         *sent,
                                       gint64              id,
                                       gint64              date,
                                       const char         *date_text,
                                       gboolean            counts);

extern const ChatOutboxEvents chat_session_outbox_events;

/* chat-session-media.c: files */
/** chat_session_dress_file: @message carries @file (nullable), which is at @address. @looked_at: by somebody: it may come by itself */
void    chat_session_dress_file       (ChatSession        *self,
                                       ChatMessage        *message,
                                       const char         *file,
                                       const char         *address,
                                       gboolean            looked_at);
/** chat_session_adopt_unsent: the outbox was loaded: its messages show their files */
void    chat_session_adopt_unsent     (ChatSession        *self);
/** chat_session_file_kept: @message of ours is in the outbox: who sent a file by it is told */
void    chat_session_file_kept        (ChatSession        *self,
                                       ChatMessage        *message);
/** chat_session_file_dropped: @message was given up before that */
void    chat_session_file_dropped     (ChatSession        *self,
                                       ChatMessage        *message);
/** chat_session_end_sending: the account is given up: nobody waits for a file any more */
void    chat_session_end_sending      (ChatSession        *self);
/** chat_session_end_saving: the same, for the files that are to be saved */
void    chat_session_end_saving       (ChatSession        *self);
/** chat_session_file_sent: the server has @message, whose file is at @address (nullable): its copy is now that of the message */
void    chat_session_file_sent        (ChatSession        *self,
                                       ChatMessage        *message,
                                       const char         *address);

G_END_DECLS
