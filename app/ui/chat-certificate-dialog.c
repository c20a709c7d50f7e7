/* chat-certificate-dialog.c: asks whether a certificate is the server's own, or explains why one is refused
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-certificate-dialog.h"

#include <glib/gi18n.h>

#include "chat-accessible.h"
#include "chat-compat.h"
#include "chat-format.h"

#define PAIRS_IN_A_LINE 8

/* 32 pairs in four lines, which two people can read to each other */
static char *
break_fingerprint (const char *fingerprint)
{
  GString *lines = g_string_new (NULL);
  guint pairs = 0;

  for (const char *p = fingerprint; *p != '\0'; p++)
    {
      if (*p == ':' && ++pairs % PAIRS_IN_A_LINE == 0)
        g_string_append_c (lines, '\n');
      else
        g_string_append_c (lines, *p == ':' ? ' ' : *p);
    }
  return g_string_free (lines, FALSE);
}

static void
add_fingerprint (GtkBox     *box,
                 const char *title,
                 const char *fingerprint)
{
  g_autofree char *lines = break_fingerprint (fingerprint);
  GtkWidget *heading = gtk_label_new (title);
  GtkWidget *label = gtk_label_new (lines);

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_wrap (GTK_LABEL (heading), TRUE);
  gtk_widget_add_css_class (heading, "heading");
  gtk_box_append (box, heading);

  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  /* Hexadecimal digits go from left to right in every language. */
  gtk_widget_set_direction (label, GTK_TEXT_DIR_LTR);
  gtk_widget_add_css_class (label, "fingerprint");
  gtk_widget_add_css_class (label, "monospace");
  chat_accessible_set_label (label, fingerprint);
  gtk_box_append (box, label);
}

GtkWidget *
chat_certificate_dialog_new (GtkWindow  *parent,
                             const char *server,
                             const char *fingerprint,
                             const char *accepted_fingerprint)
{
  AdwMessageDialog *dialog;
  GtkWidget *box;
  g_autofree char *name = NULL;

  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (server != NULL && fingerprint != NULL, NULL);

  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  name = chat_format_isolate (server);
  if (accepted_fingerprint == NULL)
    {
      dialog = ADW_MESSAGE_DIALOG (chat_compat_message_dialog_new (parent, _("Is This Your Server?"), NULL));
      adw_message_dialog_format_body (dialog,
                                      /* Translators: the address of a server */
                                      _("Nobody that this computer trusts vouches for “%s”. Ask the person who runs the server "
                                        "for its fingerprint, and accept only if it is this one."),
                                      name);
      add_fingerprint (GTK_BOX (box), _("Fingerprint (SHA-256)"), fingerprint);
      adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), CHAT_CERTIFICATE_ACCEPT, _("_Accept"), NULL);
      adw_message_dialog_set_response_appearance (dialog, CHAT_CERTIFICATE_ACCEPT, ADW_RESPONSE_SUGGESTED);
    }
  else
    {
      dialog = ADW_MESSAGE_DIALOG (chat_compat_message_dialog_new (parent, _("The Certificate Has Changed"), NULL));
      adw_message_dialog_format_body (dialog,
                                      /* Translators: the address of a server */
                                      _("“%s” shows another certificate than the one that you accepted. Somebody may be reading "
                                        "along, so no connection was made and nothing was sent. Replace the old certificate only "
                                        "if the person who runs the server tells you the new fingerprint."),
                                      name);
      add_fingerprint (GTK_BOX (box), _("Accepted before"), accepted_fingerprint);
      add_fingerprint (GTK_BOX (box), _("Shown now"), fingerprint);
      adw_message_dialog_add_responses (dialog, "cancel", _("_Close"), CHAT_CERTIFICATE_ACCEPT, _("_Replace"), NULL);
      adw_message_dialog_set_response_appearance (dialog, CHAT_CERTIFICATE_ACCEPT, ADW_RESPONSE_DESTRUCTIVE);
    }
  adw_message_dialog_set_extra_child (dialog, box);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  return GTK_WIDGET (dialog);
}
