/* chat-sign-in-page.c: signs in to a server, or makes an account there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-sign-in-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "chat-accessible.h"
#include "chat-certificate-dialog.h"
#include "chat-compat.h"
#include "chat-format.h"
#include "chat-password-row.h"
#include "chat-words.h"

/* What the server will not take is said before it is asked; it decides all the same. */
#define MIN_PASSWORD_SIZE 8
#define MAX_LOGIN_SIZE 64
#define LOGIN_CHARACTERS G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-"

typedef struct
{
  GtkWidget *row;
  GtkWidget *entry;
  GtkWidget *error;
  GtkLabel *error_label;
  GtkWidget *hint;        /* (nullable): shown where there is no error and an account is made */
} Field;

typedef enum
{
  FIELD_SERVER,
  FIELD_LOGIN,
  N_FIELDS,
  FIELD_PASSWORD = N_FIELDS     /* a ChatPasswordRow */
} FieldId;

struct _ChatSignInPage
{
  GtkWidget parent_instance;

  ChatSession *session;
  GCancellable *cancellable;      /* of the attempt on its way, else NULL */
  GtkWidget *dialog;
  char *dialog_server;
  char *dialog_fingerprint;
  guint wait_id;
  gint64 wait_until;
  Field fields[N_FIELDS];

  GtkLabel *title_label;
  GtkWidget *mode_box;
  GtkToggleButton *sign_in_toggle;
  GtkToggleButton *sign_up_toggle;
  GtkWidget *form_box;
  GtkWidget *server_row;
  GtkWidget *server_entry;
  GtkWidget *server_error;
  GtkLabel *server_error_label;
  GtkWidget *login_row;
  GtkWidget *login_entry;
  GtkWidget *login_error;
  GtkLabel *login_error_label;
  GtkWidget *login_hint;
  ChatPasswordRow *password_row;
  GtkWidget *advanced_list;
  AdwExpanderRow *advanced_row;
  GtkSwitch *insecure_switch;
  GtkWidget *problem_box;
  GtkLabel *problem_label;
  GtkStack *button_stack;
  GtkButton *submit_button;
  GtkSpinner *spinner;
  GtkLabel *busy_label;
  GtkWidget *cancel_button;
};

enum
{
  PROP_0,
  PROP_SESSION,
  PROP_BUSY,
  N_PROPS
};

enum
{
  SIGNED_IN,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ChatSignInPage, chat_sign_in_page, GTK_TYPE_WIDGET)

static void submit (ChatSignInPage *self);

GtkWidget *
chat_sign_in_page_new (void)
{
  return g_object_new (CHAT_TYPE_SIGN_IN_PAGE, NULL);
}

static const char *
get_text (ChatSignInPage *self,
          FieldId         id)
{
  return id == FIELD_PASSWORD ? chat_password_row_get_text (self->password_row)
                              : gtk_editable_get_text (GTK_EDITABLE (self->fields[id].entry));
}

static gboolean
is_sign_up (ChatSignInPage *self)
{
  return gtk_toggle_button_get_active (self->sign_up_toggle);
}

static void
set_error (ChatSignInPage *self,
           FieldId         id,
           const char     *text)
{
  Field *field;

  if (id == FIELD_PASSWORD)
    {
      chat_password_row_set_error (self->password_row, text);
      return;
    }
  field = &self->fields[id];
  gtk_label_set_label (field->error_label, text);
  gtk_widget_set_visible (field->error, text != NULL);
  if (field->hint != NULL)
    gtk_widget_set_visible (field->hint, text == NULL && is_sign_up (self));
  chat_accessible_set_description (field->entry, text);
  gtk_accessible_update_state (GTK_ACCESSIBLE (field->entry),
                               GTK_ACCESSIBLE_STATE_INVALID,
                               text != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
  if (text != NULL)
    gtk_widget_add_css_class (field->row, "invalid");
  else
    gtk_widget_remove_css_class (field->row, "invalid");
}

static void
show_field_error (ChatSignInPage *self,
                  FieldId         id,
                  const char     *text)
{
  set_error (self, id, text);
  chat_compat_announce (GTK_WIDGET (self), text);
  if (id == FIELD_PASSWORD)
    chat_password_row_focus (self->password_row);
  else
    gtk_widget_grab_focus (self->fields[id].entry);
}

static void
set_problem (ChatSignInPage *self,
             const char     *text)
{
  /* A countdown is said once */
  if (text != NULL && !gtk_widget_get_visible (self->problem_box))
    chat_compat_announce (GTK_WIDGET (self), text);
  gtk_label_set_label (self->problem_label, text);
  gtk_widget_set_visible (self->problem_box, text != NULL);
}

static void
clear_errors (ChatSignInPage *self)
{
  for (guint i = 0; i <= FIELD_PASSWORD; i++)
    set_error (self, i, NULL);
  if (self->wait_id == 0)
    set_problem (self, NULL);
}

static void
update_busy (ChatSignInPage *self)
{
  gboolean busy = self->cancellable != NULL;

  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_label_set_label (self->busy_label, is_sign_up (self) ? _("Creating the account…") : _("Signing in…"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sign-in.cancel", busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->submit_button), self->wait_id == 0);
  gtk_stack_set_visible_child_name (self->button_stack, busy ? "busy" : "idle");
  /* The keyboard leaves a field before the field goes out of use: GTK warns of the other order. */
  if (busy)
    gtk_widget_grab_focus (self->cancel_button);
  gtk_widget_set_sensitive (self->form_box, !busy);
  gtk_widget_set_sensitive (self->mode_box, !busy);
  gtk_widget_set_sensitive (self->advanced_list, !busy);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
update_mode (ChatSignInPage *self)
{
  /* Two buttons of which one is down: told as what they are, a choice of one. */
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->sign_in_toggle), GTK_ACCESSIBLE_STATE_CHECKED,
                               is_sign_up (self) ? GTK_ACCESSIBLE_TRISTATE_FALSE : GTK_ACCESSIBLE_TRISTATE_TRUE, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->sign_up_toggle), GTK_ACCESSIBLE_STATE_CHECKED,
                               is_sign_up (self) ? GTK_ACCESSIBLE_TRISTATE_TRUE : GTK_ACCESSIBLE_TRISTATE_FALSE, -1);
}

static void
on_mode_toggled (ChatSignInPage *self)
{
  update_mode (self);
  gtk_button_set_label (self->submit_button, is_sign_up (self) ? _("Create Account") : _("Sign In"));
  g_object_set (self->password_row, "hint", is_sign_up (self) ? _("At least 8 characters") : NULL, NULL);
  clear_errors (self);
}

static void
on_server_changed (ChatSignInPage *self)
{
  set_error (self, FIELD_SERVER, NULL);
}

static void
on_login_changed (ChatSignInPage *self)
{
  set_error (self, FIELD_LOGIN, NULL);
}

static void
on_insecure_notify (ChatSignInPage *self)
{
  set_error (self, FIELD_SERVER, NULL);
}

/* Too many attempts: the seconds that are left, and no button until they are over. */
static gboolean
on_wait (gpointer user_data)
{
  ChatSignInPage *self = user_data;
  guint seconds = chat_format_seconds_until (self->wait_until);
  g_autofree char *text = NULL;

  if (seconds == 0)
    {
      self->wait_id = 0;
      set_problem (self, NULL);
      gtk_widget_set_sensitive (GTK_WIDGET (self->submit_button), TRUE);
      return G_SOURCE_REMOVE;
    }
  text = g_strdup_printf (ngettext ("Too many attempts. Try again in %u second.",
                                    "Too many attempts. Try again in %u seconds.", seconds),
                          seconds);
  set_problem (self, text);
  return G_SOURCE_CONTINUE;
}

static void
start_wait (ChatSignInPage *self)
{
  g_clear_handle_id (&self->wait_id, g_source_remove);
  self->wait_until = chat_session_get_retry_at (self->session);
  if (chat_format_seconds_until (self->wait_until) == 0)
    {
      set_problem (self, _("Too many attempts. Please wait a little."));
      return;
    }
  self->wait_id = g_timeout_add (1000, on_wait, self);
  gtk_widget_set_sensitive (GTK_WIDGET (self->submit_button), FALSE);
  on_wait (self);
}

static void
on_certificate_response (ChatSignInPage *self,
                         const char     *response)
{
  self->dialog = NULL;
  if (g_strcmp0 (response, CHAT_CERTIFICATE_ACCEPT) == 0 && self->session != NULL)
    {
      chat_session_accept_certificate (self->session, self->dialog_server, self->dialog_fingerprint);
      submit (self);
    }
  else
    gtk_widget_grab_focus (self->fields[FIELD_SERVER].entry);
}

static void
ask_for_certificate (ChatSignInPage *self,
                     const GError   *error)
{
  const char *accepted = NULL;
  const char *fingerprint = chat_session_get_certificate_fingerprint (self->session, &accepted);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  show_field_error (self, FIELD_SERVER, chat_words_for_error (error));
  if (fingerprint == NULL)
    return;
  g_free (self->dialog_server);
  g_free (self->dialog_fingerprint);
  self->dialog_server = g_strdup (get_text (self, FIELD_SERVER));
  g_strstrip (self->dialog_server);
  self->dialog_fingerprint = g_strdup (fingerprint);
  self->dialog = chat_certificate_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                              self->dialog_server, fingerprint,
                                              error->code == CHAT_SESSION_ERROR_CERTIFICATE_CHANGED ? accepted : NULL);
  g_signal_connect_object (self->dialog, "response", G_CALLBACK (on_certificate_response), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self->dialog));
}

static void
show_error (ChatSignInPage *self,
            const GError   *error)
{
  const char *words = chat_words_for_error (error);

  if (error->domain != CHAT_SESSION_ERROR)
    {
      set_problem (self, words);
      return;
    }

  switch ((ChatSessionError) error->code)
    {
    case CHAT_SESSION_ERROR_NO_TLS:
      adw_expander_row_set_expanded (self->advanced_row, TRUE);
      show_field_error (self, FIELD_SERVER, words);
      break;
    case CHAT_SESSION_ERROR_ADDRESS:
    case CHAT_SESSION_ERROR_NO_SUCH_HOST:
    case CHAT_SESSION_ERROR_UNREACHABLE:
    case CHAT_SESSION_ERROR_TIMED_OUT:
    case CHAT_SESSION_ERROR_NOT_A_CHAT_SERVER:
      show_field_error (self, FIELD_SERVER, words);
      break;
    case CHAT_SESSION_ERROR_CERTIFICATE_UNKNOWN:
    case CHAT_SESSION_ERROR_CERTIFICATE_CHANGED:
      ask_for_certificate (self, error);
      break;
    case CHAT_SESSION_ERROR_WRONG_USER:
    case CHAT_SESSION_ERROR_USER_EXISTS:
    case CHAT_SESSION_ERROR_UNACCEPTABLE_NAME:
      show_field_error (self, FIELD_LOGIN, words);
      break;
    case CHAT_SESSION_ERROR_WRONG_PASSWORD:
    case CHAT_SESSION_ERROR_UNACCEPTABLE_PASSWORD:
      show_field_error (self, FIELD_PASSWORD, words);
      break;
    case CHAT_SESSION_ERROR_RATE_LIMITED:
      start_wait (self);
      gtk_widget_grab_focus (GTK_WIDGET (self->password_row));
      break;
    case CHAT_SESSION_ERROR_SIGNUP_FAILED:
    case CHAT_SESSION_ERROR_FAILED:
    case CHAT_SESSION_ERROR_OFFLINE:
    case CHAT_SESSION_ERROR_FORBIDDEN:
    case CHAT_SESSION_ERROR_NO_ROOM:
    case CHAT_SESSION_ERROR_NO_MESSAGE:
    case CHAT_SESSION_ERROR_NO_USER:
    case CHAT_SESSION_ERROR_TOO_LARGE:
    case CHAT_SESSION_ERROR_EMPTY:
    case CHAT_SESSION_ERROR_UNSUPPORTED:
    case CHAT_SESSION_ERROR_SIGNED_OUT:
    default:
      set_problem (self, words);
      gtk_widget_grab_focus (GTK_WIDGET (self->password_row));
    }
}

typedef struct
{
  ChatSignInPage *page;
  GCancellable *cancellable;
} Attempt;

static void
attempt_free (Attempt *attempt)
{
  g_object_unref (attempt->page);
  g_object_unref (attempt->cancellable);
  g_free (attempt);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_free)

static void
on_sign_in_done (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  g_autoptr (GError) error = NULL;
  ChatSignInPage *self = attempt->page;
  gboolean done = chat_session_sign_in_finish (CHAT_SESSION (source), result, &error);

  /* The page is gone, or has turned to another session. */
  if (self->cancellable != attempt->cancellable)
    return;

  g_clear_object (&self->cancellable);
  update_busy (self);
  if (done)
    {
      chat_password_row_set_text (self->password_row, "");
      g_signal_emit (self, signals[SIGNED_IN], 0);
      gtk_toggle_button_set_active (self->sign_in_toggle, TRUE);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    chat_sign_in_page_focus (self);
  else
    show_error (self, error);
}

static gboolean
check_fields (ChatSignInPage *self,
              const char     *server,
              const char     *login,
              const char     *password)
{
  if (*server == '\0')
    show_field_error (self, FIELD_SERVER, _("Write the address of your server."));
  else if (*login == '\0')
    show_field_error (self, FIELD_LOGIN, _("Write your user name."));
  else if (is_sign_up (self) && (strlen (login) > MAX_LOGIN_SIZE || login[strspn (login, LOGIN_CHARACTERS)] != '\0'))
    show_field_error (self, FIELD_LOGIN, _("A name has 1 to 64 letters (a to z), digits, “.”, “_” or “-”."));
  else if (*password == '\0')
    show_field_error (self, FIELD_PASSWORD, _("Write your password."));
  else if (is_sign_up (self) && strlen (password) < MIN_PASSWORD_SIZE)
    show_field_error (self, FIELD_PASSWORD, _("This password is too short. It needs at least 8 characters."));
  else
    return TRUE;
  return FALSE;
}

static void
submit (ChatSignInPage *self)
{
  g_autofree char *server = g_strstrip (g_strdup (get_text (self, FIELD_SERVER)));
  g_autofree char *login = g_strstrip (g_strdup (get_text (self, FIELD_LOGIN)));
  const char *password = get_text (self, FIELD_PASSWORD);
  Attempt *attempt;

  if (self->session == NULL || self->cancellable != NULL || self->wait_id != 0)
    return;

  clear_errors (self);
  if (!check_fields (self, server, login, password))
    return;

  self->cancellable = g_cancellable_new ();
  update_busy (self);
  attempt = g_new0 (Attempt, 1);
  attempt->page = g_object_ref (self);
  attempt->cancellable = g_object_ref (self->cancellable);
  chat_session_sign_in_async (self->session, server, gtk_switch_get_active (self->insecure_switch), login, password,
                              is_sign_up (self), self->cancellable, on_sign_in_done, attempt);
}

static void
on_activate (ChatSignInPage *self)
{
  submit (self);
}

static void
cancel (GtkWidget  *widget,
        const char *action_name,
        GVariant   *parameter)
{
  ChatSignInPage *self = CHAT_SIGN_IN_PAGE (widget);

  /* The page is free when the attempt has ended, at the next turn of the loop. */
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

gboolean
chat_sign_in_page_get_busy (ChatSignInPage *self)
{
  g_return_val_if_fail (CHAT_IS_SIGN_IN_PAGE (self), FALSE);

  return self->cancellable != NULL;
}

const char *
chat_sign_in_page_get_server (ChatSignInPage *self)
{
  g_return_val_if_fail (CHAT_IS_SIGN_IN_PAGE (self), NULL);

  return get_text (self, FIELD_SERVER);
}

gboolean
chat_sign_in_page_get_insecure (ChatSignInPage *self)
{
  g_return_val_if_fail (CHAT_IS_SIGN_IN_PAGE (self), FALSE);

  return gtk_switch_get_active (self->insecure_switch);
}

void
chat_sign_in_page_set_session (ChatSignInPage *self,
                               ChatSession    *session)
{
  g_return_if_fail (CHAT_IS_SIGN_IN_PAGE (self));
  g_return_if_fail (session == NULL || CHAT_IS_SESSION (session));

  if (self->session == session)
    return;
  if (self->cancellable != NULL)
    {
      g_cancellable_cancel (self->cancellable);
      g_clear_object (&self->cancellable);
      update_busy (self);
    }
  g_set_object (&self->session, session);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

void
chat_sign_in_page_fill (ChatSignInPage *self,
                        const char     *server,
                        gboolean        insecure,
                        const char     *login)
{
  g_return_if_fail (CHAT_IS_SIGN_IN_PAGE (self));

  if (self->cancellable != NULL)
    return;
  if (server != NULL && *server != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->fields[FIELD_SERVER].entry), server);
  if (login != NULL && *login != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->fields[FIELD_LOGIN].entry), login);
  chat_password_row_set_text (self->password_row, "");
  gtk_switch_set_active (self->insecure_switch, insecure);
  /* What weakens the connection is never hidden. */
  adw_expander_row_set_expanded (self->advanced_row, insecure);
  clear_errors (self);
}

void
chat_sign_in_page_try (ChatSignInPage *self,
                       const char     *server,
                       gboolean        insecure,
                       const char     *login,
                       const char     *password)
{
  g_return_if_fail (CHAT_IS_SIGN_IN_PAGE (self));
  g_return_if_fail (login != NULL && password != NULL);

  chat_sign_in_page_fill (self, server, insecure, login);
  chat_password_row_set_text (self->password_row, password);
  submit (self);
}

void
chat_sign_in_page_focus (ChatSignInPage *self)
{
  g_return_if_fail (CHAT_IS_SIGN_IN_PAGE (self));

  for (guint i = 0; i < N_FIELDS; i++)
    if (*get_text (self, i) == '\0')
      {
        gtk_widget_grab_focus (self->fields[i].entry);
        return;
      }
  gtk_widget_grab_focus (GTK_WIDGET (self->password_row));
}

/* The attempt holds the page: one that leaves its window gives up first. */
static void
chat_sign_in_page_unroot (GtkWidget *widget)
{
  ChatSignInPage *self = CHAT_SIGN_IN_PAGE (widget);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);

  GTK_WIDGET_CLASS (chat_sign_in_page_parent_class)->unroot (widget);
}

static void
chat_sign_in_page_dispose (GObject *object)
{
  ChatSignInPage *self = CHAT_SIGN_IN_PAGE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->wait_id, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (chat_sign_in_page_parent_class)->dispose (object);
}

static void
chat_sign_in_page_finalize (GObject *object)
{
  ChatSignInPage *self = CHAT_SIGN_IN_PAGE (object);

  g_free (self->dialog_server);
  g_free (self->dialog_fingerprint);

  G_OBJECT_CLASS (chat_sign_in_page_parent_class)->finalize (object);
}

static void
chat_sign_in_page_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  ChatSignInPage *self = CHAT_SIGN_IN_PAGE (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->cancellable != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_sign_in_page_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_SESSION:
      chat_sign_in_page_set_session (CHAT_SIGN_IN_PAGE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chat_sign_in_page_class_init (ChatSignInPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = chat_sign_in_page_dispose;
  object_class->finalize = chat_sign_in_page_finalize;
  object_class->get_property = chat_sign_in_page_get_property;
  object_class->set_property = chat_sign_in_page_set_property;
  widget_class->unroot = chat_sign_in_page_unroot;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CHAT_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNED_IN] = g_signal_new ("signed-in", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                     0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (ADW_TYPE_CLAMP);
  g_type_ensure (ADW_TYPE_ACTION_ROW);
  g_type_ensure (CHAT_TYPE_PASSWORD_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/Chat/ui/chat-sign-in-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, mode_box);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, sign_in_toggle);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, sign_up_toggle);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, form_box);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, server_row);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, server_entry);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, server_error);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, server_error_label);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, login_row);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, login_entry);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, login_error);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, login_error_label);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, login_hint);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, password_row);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, advanced_list);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, advanced_row);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, insecure_switch);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, problem_box);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, problem_label);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, button_stack);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, submit_button);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, busy_label);
  gtk_widget_class_bind_template_child (widget_class, ChatSignInPage, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, on_mode_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_server_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_login_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_insecure_notify);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);

  gtk_widget_class_install_action (widget_class, "sign-in.cancel", NULL, cancel);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "sign-in.cancel", NULL);
}

static void
chat_sign_in_page_init (ChatSignInPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  chat_accessible_complete (GTK_WIDGET (self));

  self->fields[FIELD_SERVER] = (Field) { self->server_row, self->server_entry, self->server_error,
                                         self->server_error_label, NULL };
  self->fields[FIELD_LOGIN] = (Field) { self->login_row, self->login_entry, self->login_error,
                                        self->login_error_label, self->login_hint };
  chat_accessible_follow_stack (self->button_stack);
  for (guint i = 0; i < N_FIELDS; i++)
    chat_accessible_follow_map (self->fields[i].error);
  chat_accessible_follow_map (self->problem_box);
  chat_accessible_set_label (self->mode_box, _("What to do"));
  update_mode (self);
  update_busy (self);
}
