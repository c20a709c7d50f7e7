/* chat-server-timers.c: a timer wheel: any number of deadlines at a constant price
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "chat-server-timers.h"

/* Four wheels of 64 slots. A slot of the first is one tick of 8.2 ms, one of the next is a whole turn of the wheel before
 * it. A timer sits in the wheel that its distance asks for, and moves inwards each time its slot comes up. */
#define TICK_SHIFT  13
#define SLOT_BITS   6
#define N_SLOTS     (1 << SLOT_BITS)
#define N_WHEELS    4
#define MAX_TICKS   ((G_GUINT64_CONSTANT (1) << (SLOT_BITS * N_WHEELS)) - 1)

struct _ChatServerTimers
{
  guint64          now;
  guint64          used[N_WHEELS];    /* a bit for each slot: 0 means empty, 1 means have a look */
  ChatServerTimer *slots[N_WHEELS][N_SLOTS];
};

ChatServerTimers *
chat_server_timers_new (gint64 now)
{
  ChatServerTimers *self = g_new0 (ChatServerTimers, 1);

  self->now = (guint64) now >> TICK_SHIFT;
  return self;
}

void
chat_server_timers_free (ChatServerTimers *self)
{
  for (guint wheel = 0; wheel < N_WHEELS; wheel++)
    for (guint slot = 0; slot < N_SLOTS; slot++)
      while (self->slots[wheel][slot] != NULL)
        chat_server_timer_unset (self->slots[wheel][slot]);
  g_free (self);
}

static void
link_timer (ChatServerTimer **head,
            ChatServerTimer  *timer)
{
  timer->next = *head;
  if (timer->next != NULL)
    timer->next->link = &timer->next;
  timer->link = head;
  *head = timer;
}

void
chat_server_timer_unset (ChatServerTimer *timer)
{
  if (timer->link == NULL)
    return;
  *timer->link = timer->next;
  if (timer->next != NULL)
    timer->next->link = timer->link;
  timer->next = NULL;
  timer->link = NULL;
}

gboolean
chat_server_timer_is_set (const ChatServerTimer *timer)
{
  return timer->link != NULL;
}

static void
place (ChatServerTimers *self,
       ChatServerTimer  *timer)
{
  guint64 distance = timer->tick > self->now ? timer->tick - self->now : 0;
  guint wheel = 0;
  guint slot;

  while (wheel < N_WHEELS - 1 && distance >> (SLOT_BITS * (wheel + 1)) != 0)
    wheel++;
  slot = (timer->tick >> (SLOT_BITS * wheel)) & (N_SLOTS - 1);
  link_timer (&self->slots[wheel][slot], timer);
  self->used[wheel] |= G_GUINT64_CONSTANT (1) << slot;
}

void
chat_server_timers_set (ChatServerTimers *self,
                        ChatServerTimer  *timer,
                        gint64            deadline)
{
  guint64 tick = ((guint64) MAX (deadline, 0) >> TICK_SHIFT) + 1;

  chat_server_timer_unset (timer);
  timer->tick = CLAMP (tick, self->now + 1, self->now + MAX_TICKS);
  place (self, timer);
}

static void
cascade (ChatServerTimers *self,
         guint             wheel)
{
  guint slot = (self->now >> (SLOT_BITS * wheel)) & (N_SLOTS - 1);
  ChatServerTimer *timer;

  if (wheel + 1 < N_WHEELS && slot == 0)
    cascade (self, wheel + 1);
  while ((timer = self->slots[wheel][slot]) != NULL)
    {
      chat_server_timer_unset (timer);
      place (self, timer);
    }
  self->used[wheel] &= ~(G_GUINT64_CONSTANT (1) << slot);
}

static gboolean
is_empty (ChatServerTimers *self)
{
  return (self->used[0] | self->used[1] | self->used[2] | self->used[3]) == 0;
}

void
chat_server_timers_advance (ChatServerTimers *self,
                            gint64            now)
{
  guint64 target = (guint64) now >> TICK_SHIFT;

  while (self->now < target)
    {
      ChatServerTimer *due = NULL;
      guint slot;

      if (is_empty (self))
        {
          self->now = target;
          break;
        }
      self->now++;
      slot = self->now & (N_SLOTS - 1);
      if (slot == 0)
        cascade (self, 1);

      /* The list moves to a head of its own, so that a function may set its timer again at once and unset others */
      due = self->slots[0][slot];
      if (due != NULL)
        due->link = &due;
      self->slots[0][slot] = NULL;
      self->used[0] &= ~(G_GUINT64_CONSTANT (1) << slot);
      while (due != NULL)
        {
          ChatServerTimer *timer = due;

          chat_server_timer_unset (timer);
          timer->func (timer);
        }
    }
}

gint64
chat_server_timers_get_next (ChatServerTimers *self)
{
  guint64 next = G_MAXUINT64;

  for (guint wheel = 0; wheel < N_WHEELS; wheel++)
    {
      guint64 turn = self->now >> (SLOT_BITS * wheel);

      for (guint ahead = 1; ahead <= N_SLOTS && self->used[wheel] != 0; ahead++)
        {
          guint slot = (turn + ahead) & (N_SLOTS - 1);
          guint64 bit = G_GUINT64_CONSTANT (1) << slot;

          if ((self->used[wheel] & bit) == 0)
            continue;
          if (self->slots[wheel][slot] != NULL)
            {
              next = MIN (next, (turn + ahead) << (SLOT_BITS * wheel));
              break;
            }
          self->used[wheel] &= ~bit;    /* its timers were unset meanwhile */
        }
    }
  return next == G_MAXUINT64 ? -1 : (gint64) (next << TICK_SHIFT);
}
