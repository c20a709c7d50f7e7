/* chat-style.c: the parts of the style that the system's settings turn on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-style.h"

#include <adwaita.h>

/* Not by the name that AdwApplication would find by itself (style-hc.css): libadwaita 1.10 warns of that, and what it wants
 * instead, media queries, GTK 4.8 does not know. */
#define RESOURCE "/com/example/Chat/high-contrast.css"

static GtkCssProvider *provider;        /* while it is in use; of the display, for as long as the program runs */

static void
on_high_contrast_notify (AdwStyleManager *manager)
{
  GdkDisplay *display = gdk_display_get_default ();
  gboolean wanted = adw_style_manager_get_high_contrast (manager);

  if (display == NULL || wanted == (provider != NULL))
    return;
  if (wanted)
    {
      provider = gtk_css_provider_new ();
      gtk_css_provider_load_from_resource (provider, RESOURCE);
      gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                                  GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    }
  else
    {
      gtk_style_context_remove_provider_for_display (display, GTK_STYLE_PROVIDER (provider));
      g_clear_object (&provider);
    }
}

void
chat_style_follow_contrast (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  g_signal_connect (manager, "notify::high-contrast", G_CALLBACK (on_high_contrast_notify), NULL);
  on_high_contrast_notify (manager);
}

gboolean
chat_style_get_high_contrast (void)
{
  return provider != NULL;
}
