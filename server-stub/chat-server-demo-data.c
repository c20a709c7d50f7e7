/* chat-server-demo-data.c: what the sample people have said
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-demo-data.h"

#define HOURS(n) ((n) * 60)
#define DAYS(n)  ((n) * 24 * 60)

#define SAYS(room, minutes, text)         { room, FALSE, minutes, text, NULL, CHAT_MESSAGE_KIND_TEXT }
#define ADA(room, minutes, text)          { room, TRUE, minutes, text, NULL, CHAT_MESSAGE_KIND_TEXT }
#define EDITS(room, minutes, text, later) { room, FALSE, minutes, text, later, CHAT_MESSAGE_KIND_TEXT }
#define ADA_EDITS(room, minutes, text, later) { room, TRUE, minutes, text, later, CHAT_MESSAGE_KIND_TEXT }

/* Those of Ada's that come last in a room have read what is above them; what others say after that waits for her, unread */
const ChatDemoLine chat_demo_lines[] = {
  SAYS ("grace", DAYS (5) + 95, "Ada! Are you coming to the museum on Saturday? They have put the old calculating machines back on show."),
  ADA ("grace", DAYS (5) + 90, "Oh, I would love to 😍 Which entrance?"),
  SAYS ("grace", DAYS (5) + 89, "The one by the river. There is a map here: https://www.example.org/museum/visit?entrance=river"),
  ADA ("grace", DAYS (5) + 87, "Perfect, thank you!"),
  SAYS ("grace", DAYS (3) + 210, "I found the paper that I told you about. Its third section is the one to read slowly: it says that a machine should be told "
        "what is wanted and not how each wheel must turn, and then shows, for page after page of patient examples, how "
        "much of the “how” can be left to the machine itself. I copied out my favourite paragraph for the wall. Nobody "
        "believed it at the time, and now everybody thinks that it was obvious."),
  ADA ("grace", DAYS (3) + 180, "Reading it tonight. With tea. ☕"),
  { "grace", FALSE, DAYS (2) + 300, "https://files.example.org/scans/machines-1952.pdf", NULL, CHAT_MESSAGE_KIND_FILE },
  SAYS ("grace", DAYS (2) + 299, "Here is the scan, 14 pages."),
  EDITS ("grace", DAYS (2) + 40, "We meet at 10:30", "We meet at 11:00, the museum opens later on Saturdays"),
  ADA ("grace", DAYS (2) + 35, "11:00 it is 👍"),
  SAYS ("grace", 52, "I have the tickets."),
  SAYS ("grace", 51, "And a seat by the window on the train 🚆"),
  SAYS ("grace", 6, "Bring your notebook, there is something you must see there!"),

  SAYS ("oksana", DAYS (4) + 400, "Привіт, Адо! Як твої справи?"),
  ADA ("oksana", DAYS (4) + 395, "Привіт! Усе добре, вчуся писати українською без помилок 🙂"),
  SAYS ("oksana", DAYS (4) + 394, "У тебе чудово виходить. Щоправда, «дякую» пишеться через «я», а апостроф у слові «п’ять» не можна забувати."),
  ADA_EDITS ("oksana", DAYS (4) + 390, "Дякую, запамятаю!", "Дякую, запам’ятаю!"),
  SAYS ("oksana", DAYS (1) + 130, "Надсилаю рецепт борщу, про який ти питала: буряк, капуста, картопля, морква, цибуля, квасоля, часник — і обов’язково сметана. "
        "Головне — не поспішати: буряк тушкуй окремо з ложкою оцту, тоді колір залишиться яскравим."),
  ADA ("oksana", DAYS (1) + 120, "Смакота! Зварю в неділю."),
  SAYS ("oksana", HOURS (3), "Розкажеш потім, як вийшло? 🍲"),

  SAYS ("khalid", DAYS (3) + 500, "السلام عليكم يا آدا، هل وصلتك النسخة الجديدة من المخطوط؟"),
  ADA ("khalid", DAYS (3) + 490, "وعليكم السلام! نعم، وصلت هذا الصباح. شكرًا جزيلًا."),
  SAYS ("khalid", DAYS (3) + 485, "الفصل الثاني عن الخوارزميات هو الأجمل، خاصة الصفحة 42."),
  SAYS ("khalid", DAYS (3) + 484, "The title in Latin letters is “al-jabr”, as on https://www.example.net/al-jabr if you search for it."),
  ADA ("khalid", DAYS (3) + 470, "سأقرأه في نهاية الأسبوع 📖"),
  SAYS ("khalid", HOURS (20), "ممتاز. نلتقي يوم الثلاثاء إن شاء الله."),
  ADA ("khalid", HOURS (19), "👍"),

  SAYS ("mei", DAYS (2) + 700, "你好,艾达!上次的照片整理好了。"),
  { "mei", FALSE, DAYS (2) + 698, "https://files.example.org/photos/lake-at-dawn.jpg", NULL, CHAT_MESSAGE_KIND_IMAGE },
  ADA ("mei", DAYS (2) + 690, "太美了!这是在哪里拍的?"),
  SAYS ("mei", DAYS (2) + 688, "杭州西湖,早上五点半,一个人也没有。"),
  SAYS ("mei", DAYS (2) + 687, "下次你来,我们一起去看日出吧 🌅"),
  ADA ("mei", DAYS (2) + 680, "一言为定!"),
  SAYS ("mei", 33, "我到家了,明天聊。"),

  SAYS ("sofia", DAYS (6) + 60, "¡Hola, Ada! ¿Qué tal el viaje?"),
  ADA ("sofia", DAYS (6) + 55, "¡Muy bien! Mañana te cuento."),
  SAYS ("sofia", DAYS (5) + 600, "¿Y entonces? ¿Viste el mecanismo de Anticitera? ¡Más de dos mil años y todavía nos enseña algo!"),
  ADA ("sofia", DAYS (5) + 580, "Sí, y me quedé una hora delante de la vitrina. El vigilante creía que quería llevármelo 😂"),
  SAYS ("sofia", DAYS (5) + 578, "🤣🤣🤣"),
  SAYS ("sofia", HOURS (30), "El próximo año en Córdoba, ¿vale?"),
  ADA ("sofia", HOURS (29), "¡Vale!"),

  SAYS ("jules", DAYS (4) + 100, "Hallo Ada, kurze Frage: Passt dir Donnerstag um vier noch?"),
  ADA ("jules", DAYS (4) + 92, "Ja, sehr gut. Im großen Übungsraum?"),
  SAYS ("jules", DAYS (4) + 91, "Genau, zweiter Stock. Die Straßenbahn fährt wegen der Baustelle nicht bis zur Brücke, nimm lieber den Bus."),
  ADA ("jules", DAYS (4) + 80, "Danke für den Hinweis! 🚌"),
  SAYS ("jules", DAYS (1) + 20, "Die Noten habe ich dir ins Fach gelegt. Das Donaudampfschifffahrtsgesellschaftskapitänslied ist auch dabei …"),
  ADA ("jules", DAYS (1) + 5, "Das ist hoffentlich ein Scherz 😅"),
  SAYS ("jules", DAYS (1) + 4, "Nur halb."),
  ADA ("jules", DAYS (1) + 2, "Na gut, ich übe."),

  SAYS ("linus", 190, "So, do we keep the long table in the proof or move it to the end?"),
  ADA ("linus", 184, "To the end. Nobody reads a proof with its arms full."),
  SAYS ("linus", 183, "Done. It reads much better now."),
  ADA ("linus", 120, "Then let us send it. You press the button ✉️"),
  SAYS ("linus", 118, "Sent 🎉"),
};
const guint chat_demo_n_lines = G_N_ELEMENTS (chat_demo_lines);

const char *const chat_demo_long_texts[] = {
  "Good morning! Shall we go on where we stopped?",
  "Yes. I looked at the second lemma again, and I believe that it holds for all n, not only for the even ones.",
  "How?",
  "By induction over the pairs. If it holds for one pair then it holds for the next, since the sum changes by the same "
  "amount on both sides.",
  "Wait, I have to write that down.",
  "Take your time 🙂",
  "And what about zero?",
  "Zero is the easy one.",
  "That is what they all say.",
  "Try it: both sides are empty sums. 0 = 0.",
  "Fine, fine.",
  "I tried it for the first hundred with a little program. All of them agree.",
  "A hundred cases are no proof.",
  "No, but they are a comfort.",
  "Here is what I have so far: let f be the number of turns that the first wheel makes, and g that of the second. Then f is at most "
  "twice g, with equality only where the carry goes through. That is the whole trick, everything else is careful "
  "counting. I would leave the carry to a section of its own.",
  "I like that. It is also easier to draw.",
  "Shall I make the drawing?",
  "Please! Yours are better than mine.",
  "Lunch first?",
  "Lunch first. 🥪",
  "Back. Where were we?",
  "Section four. The carry.",
  "Is there a name for this?",
  "See https://www.example.com/notes/carry#names, it has four of them.",
  "Four names for one thing, of course.",
  "Tomorrow at the same time?",
  "Tomorrow at the same time. Good night!",
};
const guint chat_demo_n_long_texts = G_N_ELEMENTS (chat_demo_long_texts);
