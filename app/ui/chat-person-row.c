/* chat-person-row.c: one person found on the server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-person-row.h"

#include "chat-accessible.h"

struct _ChatPersonRow
{
  AdwActionRow parent_instance;

  char *login;
};

G_DEFINE_FINAL_TYPE (ChatPersonRow, chat_person_row, ADW_TYPE_ACTION_ROW)

GtkWidget *
chat_person_row_new (const char *login)
{
  ChatPersonRow *self = g_object_new (CHAT_TYPE_PERSON_ROW, NULL);
  GtkWidget *avatar = adw_avatar_new (32, login, TRUE);

  self->login = g_strdup (login);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), login);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), avatar);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), TRUE);
  return GTK_WIDGET (self);
}

const char *
chat_person_row_get_login (ChatPersonRow *self)
{
  g_return_val_if_fail (CHAT_IS_PERSON_ROW (self), NULL);

  return self->login;
}

static void
row_open (GtkWidget  *widget,
          const char *action_name,
          GVariant   *parameter)
{
  gtk_widget_activate (widget);
}

static void
chat_person_row_finalize (GObject *object)
{
  g_free (CHAT_PERSON_ROW (object)->login);

  G_OBJECT_CLASS (chat_person_row_parent_class)->finalize (object);
}

static void
chat_person_row_class_init (ChatPersonRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = chat_person_row_finalize;

  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "row.open", NULL, row_open);
}

static void
chat_person_row_init (ChatPersonRow *self)
{
  chat_accessible_follow_map (GTK_WIDGET (self));
}
