/* chat-connection-banner.c: says that there is no connection, and what to do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-connection-banner.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-compat.h"
#include "chat-format.h"
#include "chat-words.h"

/* A connection that comes within this time is not worth a bar that slides in and out. */
#define CONNECTING_DELAY_MS 800

struct _ChatConnectionBanner
{
  GtkWidget parent_instance;

  ChatSession *session;
  GSignalGroup *session_signals;
  guint timer_id;           /* the delay, or the next second of the countdown: never both */
  gboolean delayed;         /* the delay is over */
  gboolean told;            /* a screen reader, that there is no connection */

  GtkRevealer *revealer;
  GtkWidget *box;
  GtkSpinner *spinner;
  GtkWidget *image;
  GtkLabel *label;
  GtkButton *button;
};

enum
{
  PROP_0,
  PROP_SESSION,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ChatConnectionBanner, chat_connection_banner, GTK_TYPE_WIDGET)

static void update (ChatConnectionBanner *self);

GtkWidget *
chat_connection_banner_new (void)
{
  return g_object_new (CHAT_TYPE_CONNECTION_BANNER, NULL);
}

gboolean
chat_connection_banner_get_revealed (ChatConnectionBanner *self)
{
  g_return_val_if_fail (CHAT_IS_CONNECTION_BANNER (self), FALSE);

  return gtk_revealer_get_reveal_child (self->revealer);
}

const char *
chat_connection_banner_get_text (ChatConnectionBanner *self)
{
  g_return_val_if_fail (CHAT_IS_CONNECTION_BANNER (self), NULL);

  return gtk_label_get_label (self->label);
}

static gboolean
on_timer (gpointer user_data)
{
  ChatConnectionBanner *self = user_data;

  self->timer_id = 0;
  self->delayed = TRUE;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
say (ChatConnectionBanner *self,
     gboolean              busy,
     const char           *text,
     const char           *button)
{
  /* Once a second: what did not change is not set again, so that nothing is laid out or announced anew. */
  if (g_strcmp0 (gtk_label_get_label (self->label), text) != 0)
    gtk_label_set_label (self->label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (self->image, !busy);
  if (busy)
    gtk_widget_add_css_class (self->box, "busy");
  else
    gtk_widget_remove_css_class (self->box, "busy");
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  if (button != NULL && g_strcmp0 (gtk_button_get_label (self->button), button) != 0)
    gtk_button_set_label (self->button, button);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
}

static void
hide (ChatConnectionBanner *self)
{
  gtk_spinner_set_spinning (self->spinner, FALSE);
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
}

/* Once, when it breaks, and when it is there again: not each second, and not each try */
static void
tell (ChatConnectionBanner *self,
      const char           *words)
{
  gboolean lost = words != NULL;

  if (self->told == lost || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->told = lost;
  /* Translators: said by a screen reader when there is a connection to the server again */
  chat_compat_announce (GTK_WIDGET (self), lost ? words : _("Connected again"));
}

static void
say_waiting (ChatConnectionBanner *self)
{
  gint64 retry_at = chat_session_get_retry_at (self->session);
  guint seconds = chat_format_seconds_until (retry_at);
  const GError *error = chat_session_get_error (self->session);
  g_autofree char *text = NULL;
  gint64 next;

  if (seconds == 0)
    {
      say (self, FALSE, _("Offline. Trying again…"), _("_Try Now"));
      return;
    }
  if (g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER))
    text = g_strdup_printf (ngettext ("The server sends what Chat does not understand. Trying again in %u second",
                                      "The server sends what Chat does not understand. Trying again in %u seconds", seconds),
                            seconds);
  else if (g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_RATE_LIMITED))
    text = g_strdup_printf (ngettext ("The server asks to wait. Trying again in %u second",
                                      "The server asks to wait. Trying again in %u seconds", seconds),
                            seconds);
  else
    text = g_strdup_printf (ngettext ("Offline. Trying again in %u second", "Offline. Trying again in %u seconds", seconds),
                            seconds);
  say (self, FALSE, text, _("_Try Now"));
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  /* To the moment when the number changes, so that no second is shown twice or left out */
  next = (retry_at - g_get_monotonic_time ()) - (gint64) (seconds - 1) * G_USEC_PER_SEC;
  self->timer_id = g_timeout_add ((guint) MAX (next / 1000 + 1, 10), on_timer, self);
}

static void
say_refused (ChatConnectionBanner *self)
{
  const GError *error = chat_session_get_error (self->session);

  if (g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN)
      || g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_CERTIFICATE_CHANGED))
    say (self, FALSE, chat_words_for_error (error), _("_Details"));
  else if (g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_SIGNED_OUT)
           || g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_WRONG_PASSWORD)
           || g_error_matches (error, CHAT_SESSION_ERROR, CHAT_SESSION_ERROR_WRONG_USER))
    say (self, FALSE, chat_words_for_error (error), _("_Sign In"));
  else
    say (self, FALSE, chat_words_for_error (error), _("_Try Now"));
}

static void
update (ChatConnectionBanner *self)
{
  ChatSessionState state = self->session != NULL ? chat_session_get_state (self->session) : CHAT_SESSION_SIGNED_OUT;
  gboolean delayed = self->delayed;

  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->delayed = FALSE;
  switch (state)
    {
    case CHAT_SESSION_CONNECTING:
      if (delayed || gtk_revealer_get_reveal_child (self->revealer))
        say (self, TRUE, _("Connecting…"), NULL);
      else
        self->timer_id = g_timeout_add (CONNECTING_DELAY_MS, on_timer, self);
      break;
    case CHAT_SESSION_WAITING:
      say_waiting (self);
      tell (self, _("Offline"));
      break;
    case CHAT_SESSION_REFUSED:
      say_refused (self);
      tell (self, gtk_label_get_label (self->label));
      break;
    case CHAT_SESSION_ONLINE:
      tell (self, NULL);
      hide (self);
      break;
    case CHAT_SESSION_SIGNED_OUT:
    default:
      self->told = FALSE;
      hide (self);
    }
}

void
chat_connection_banner_set_session (ChatConnectionBanner *self,
                                    ChatSession          *session)
{
  g_return_if_fail (CHAT_IS_CONNECTION_BANNER (self));
  g_return_if_fail (session == NULL || CHAT_IS_SESSION (session));

  if (!g_set_object (&self->session, session))
    return;
  g_signal_group_set_target (self->session_signals, session);
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

static void
chat_connection_banner_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (chat_connection_banner_parent_class)->map (widget);
  update (CHAT_CONNECTION_BANNER (widget));
}

static void
chat_connection_banner_dispose (GObject *object)
{
  ChatConnectionBanner *self = CHAT_CONNECTION_BANNER (object);
  GtkWidget *child;

  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->session_signals != NULL)
    g_signal_group_set_target (self->session_signals, NULL);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->session);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (chat_connection_banner_parent_class)->dispose (object);
}

static void
chat_connection_banner_get_property (GObject    *object,
                                     guint       prop_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  ChatConnectionBanner *self = CHAT_CONNECTION_BANNER (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_connection_banner_set_property (GObject      *object,
                                     guint         prop_id,
                                     const GValue *value,
                                     GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_SESSION:
      chat_connection_banner_set_session (CHAT_CONNECTION_BANNER (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_connection_banner_class_init (ChatConnectionBannerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = chat_connection_banner_dispose;
  object_class->get_property = chat_connection_banner_get_property;
  object_class->set_property = chat_connection_banner_set_property;
  widget_class->map = chat_connection_banner_map;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CHAT_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-connection-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatConnectionBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, ChatConnectionBanner, box);
  gtk_widget_class_bind_template_child (widget_class, ChatConnectionBanner, spinner);
  gtk_widget_class_bind_template_child (widget_class, ChatConnectionBanner, image);
  gtk_widget_class_bind_template_child (widget_class, ChatConnectionBanner, label);
  gtk_widget_class_bind_template_child (widget_class, ChatConnectionBanner, button);
}

static void
chat_connection_banner_init (ChatConnectionBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  chat_accessible_complete (GTK_WIDGET (self));

  self->session_signals = g_signal_group_new (CHAT_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "notify::state", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::error", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::retry-at", G_CALLBACK (update), self);
  chat_accessible_follow_map (self->box);
}
