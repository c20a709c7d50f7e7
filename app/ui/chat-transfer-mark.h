/* chat-transfer-mark.h: the round button of a transfer: how far it has got, and what a click does
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "chat-attachment.h"

G_BEGIN_DECLS

#define CHAT_TRANSFER_MARK_SIZE 40    /* pixels, both ways */

/** chat_transfer_mark_snapshot: draws it for @attachment, which is not LOCAL, with its first corner at @at. @color: of what is done and of the
 * sign; @track: of the rest of the ring */
void chat_transfer_mark_snapshot (ChatAttachment         *attachment,
                                  GtkSnapshot            *snapshot,
                                  const graphene_point_t *at,
                                  const GdkRGBA          *color,
                                  const GdkRGBA          *track);
/** chat_transfer_mark_snapshot_symbol: draws @icon, @size pixels wide, in the middle of where the button would be */
void chat_transfer_mark_snapshot_symbol (GtkWidget              *widget,
                                         GtkSnapshot            *snapshot,
                                         GIcon                  *icon,
                                         int                     size,
                                         const graphene_point_t *at,
                                         const GdkRGBA          *color);

G_END_DECLS
