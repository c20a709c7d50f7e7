/* test-framer.c: objects found and checked however the stream is cut
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <json-glib/json-glib.h>
#include <string.h>

#include "chat-error.h"
#include "chat-framer.h"
#include "chat-limits.h"

#define DEPTH_8 "[[[[[[[["
#define DEPTH_8_END "]]]]]]]]"

/* A stream, and the objects in it, each followed by a "|" */
static const struct
{
  const char *stream;
  const char *objects;
} valid[] = {
  { "", "" },
  { " \t\r\n", "" },
  { "{}", "{}|" },
  { "{}{}", "{}|{}|" },
  { " { } \n\n{\t}\r\n", "{ }|{\t}|" },
  { "{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}|{\"b\":2}|" },
  { "{\n  \"type\" : \"PING\" ,\n  \"x\" : [ 1 , 2 ]\n}", "{\n  \"type\" : \"PING\" ,\n  \"x\" : [ 1 , 2 ]\n}|" },
  { "{\"a\":[],\"b\":{},\"c\":[[],{}],\"d\":null,\"e\":true,\"f\":false}",
    "{\"a\":[],\"b\":{},\"c\":[[],{}],\"d\":null,\"e\":true,\"f\":false}|" },
  { "{\"\":\"\"}", "{\"\":\"\"}|" },
  { "{\"a\":\"}{][,:\"}", "{\"a\":\"}{][,:\"}|" },
  { "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}|" },
  { "{\"a\\u0062\":\"\\u0041\\uFFFF\\ud83d\\uDE00\\uDBFF\\udfff\"}",
    "{\"a\\u0062\":\"\\u0041\\uFFFF\\ud83d\\uDE00\\uDBFF\\udfff\"}|" },
  { "{\"\xd0\xb6\":\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"}",
    "{\"\xd0\xb6\":\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"}|" },
  { "{\"a\":\"\x7f long enough that eight bytes at a time are passed, \xe2\x82\xac, \\n and so on and on\"}",
    "{\"a\":\"\x7f long enough that eight bytes at a time are passed, \xe2\x82\xac, \\n and so on and on\"}|" },
  { "{\"a\":[0,-0,1,-1,10,1234567890,0.5,-0.0,1e5,1E+5,1.25e-7,0e0,99999999999999999999]}",
    "{\"a\":[0,-0,1,-1,10,1234567890,0.5,-0.0,1e5,1E+5,1.25e-7,0e0,99999999999999999999]}|" },
  { "{\"a\":0}{\"a\":-1.5e3 }{\"a\":[true,false,null]}", "{\"a\":0}|{\"a\":-1.5e3 }|{\"a\":[true,false,null]}|" },
  { "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}|" },
};

/* What must be refused; json-glib takes many of these */
static const struct
{
  const char *stream;
  gssize      length;     /* -1: up to the NUL */
} malformed[] = {
  /* no object */
  { "[]", -1 }, { "1", -1 }, { "\"a\"", -1 }, { "null", -1 }, { "true", -1 }, { "x", -1 }, { "}", -1 }, { ",{}", -1 },
  { "\xef\xbb\xbf{}", -1 }, { "\0{}", 3 }, { "{},{}", -1 }, { "{}]", -1 }, { "\v{}", -1 }, { "\f{}", -1 },
  { "\xc2\xa0{}", -1 }, { "GET / HTTP/1.1\r\n", -1 }, { "\x16\x03\x01\x02", -1 },
  /* punctuation */
  { "{,}", -1 }, { "{\"a\"}", -1 }, { "{\"a\":}", -1 }, { "{\"a\":1,}", -1 }, { "{\"a\":1 \"b\":2}", -1 }, { "{\"a\" 1}", -1 },
  { "{\"a\":1:2}", -1 }, { "{\"a\":[1,]}", -1 }, { "{\"a\":[,1]}", -1 }, { "{\"a\":[,]}", -1 }, { "{\"a\":[1 2]}", -1 },
  { "{\"a\":[1}", -1 }, { "{\"a\":[}", -1 }, { "{\"a\":{]}", -1 }, { "{]", -1 }, { "{\"a\":1]", -1 }, { "{\"a\":[\"b\":1]}", -1 },
  { "{{}}", -1 }, { "{[]}", -1 }, { "{\"a\"::1}", -1 }, { "{\"a\",1}", -1 }, { "{\"a\":1,,\"b\":2}", -1 }, { "{\"a\":1;}", -1 },
  /* keys */
  { "{a:1}", -1 }, { "{'a':1}", -1 }, { "{1:1}", -1 }, { "{null:1}", -1 }, { "{\"a\":1,b:2}", -1 },
  /* literals and what only JavaScript knows */
  { "{\"a\":True}", -1 }, { "{\"a\":tru}", -1 }, { "{\"a\":truee}", -1 }, { "{\"a\":nul}", -1 }, { "{\"a\":nulll}", -1 },
  { "{\"a\":NaN}", -1 }, { "{\"a\":Infinity}", -1 }, { "{\"a\":-Infinity}", -1 }, { "{\"a\":undefined}", -1 }, { "{\"a\":'x'}", -1 },
  { "{\"a\":1}//", -1 }, { "{/**/}", -1 }, { "{\"a\":/**/1}", -1 }, { "{\"a\":1/**/}", -1 }, { "{#\n}", -1 }, { "// a\n{}", -1 },
  { "var a = {};", -1 },
  /* numbers */
  { "{\"a\":01}", -1 }, { "{\"a\":-01}", -1 }, { "{\"a\":00}", -1 }, { "{\"a\":0x10}", -1 }, { "{\"a\":+1}", -1 }, { "{\"a\":.5}", -1 },
  { "{\"a\":1.}", -1 }, { "{\"a\":-}", -1 }, { "{\"a\":-a}", -1 }, { "{\"a\":1e}", -1 }, { "{\"a\":1e+}", -1 }, { "{\"a\":1.e5}", -1 },
  { "{\"a\":1.5.5}", -1 }, { "{\"a\":1e5.5}", -1 }, { "{\"a\":1 .5}", -1 }, { "{\"a\":1_000}", -1 }, { "{\"a\":1f}", -1 }, { "{\"a\":--1}", -1 },
  { "{\"a\":0b1}", -1 }, { "{\"a\":1\0}", 7 }, { "{\"a\":- 1}", -1 }, { "{\"a\":0e}", -1 },
  /* strings */
  { "{\"a\":\"\n\"}", -1 }, { "{\"a\":\"\t\"}", -1 }, { "{\"a\":\"\r\"}", -1 }, { "{\"a\":\"\x1f\"}", -1 }, { "{\"a\":\"\0\"}", 9 },
  { "{\"a\nb\":1}", -1 }, { "{\"eight bytes \x01 and then on\":1}", -1 },
  { "{\"a\":\"\\x41\"}", -1 }, { "{\"a\":\"\\'\"}", -1 }, { "{\"a\":\"\\0\"}", -1 }, { "{\"a\":\"\\\0\"}", 10 }, { "{\"a\":\"\\v\"}", -1 },
  { "{\"a\":\"\\\n\"}", -1 }, { "{\"a\":\"\\U0041\"}", -1 }, { "{\"a\":\"\\u{41}\"}", -1 },
  { "{\"a\":\"\\u00\"}", -1 }, { "{\"a\":\"\\u004\"}", -1 }, { "{\"a\":\"\\u004g\"}", -1 }, { "{\"a\":\"\\u 041\"}", -1 },
  { "{\"a\":\"\\u+041\"}", -1 }, { "{\"a\":\"\\u0000\"}", -1 }, { "{\"\\u0000\":1}", -1 }, { "{\"a\":\"b\\u0000c\"}", -1 },
  /* surrogates */
  { "{\"a\":\"\\ud800\"}", -1 }, { "{\"a\":\"\\udbff x\"}", -1 }, { "{\"a\":\"\\udc00\"}", -1 }, { "{\"a\":\"\\uDFFF\\uD800\"}", -1 },
  { "{\"a\":\"\\ud800\\n\"}", -1 }, { "{\"a\":\"\\ud800\\u0041\"}", -1 }, { "{\"a\":\"\\ud800\\ud800\"}", -1 },
  { "{\"a\":\"\\ud800\\udbff\"}", -1 }, { "{\"a\":\"\\ud800\\ue000\"}", -1 }, { "{\"a\":\"\\ud800udc00\"}", -1 },
  { "{\"a\":\"\\ud800\\udc0\"}", -1 }, { "{\"\\ud800\":1}", -1 },
  /* UTF-8 */
  { "{\"a\":\"\x80\"}", -1 }, { "{\"a\":\"\xbf\"}", -1 }, { "{\"a\":\"\xc0\x80\"}", -1 }, { "{\"a\":\"\xc1\xbf\"}", -1 }, { "{\"a\":\"\xc2\"}", -1 },
  { "{\"a\":\"\xc2\x41\"}", -1 }, { "{\"a\":\"\xc2\xc2\"}", -1 }, { "{\"a\":\"\xe0\x80\x80\"}", -1 }, { "{\"a\":\"\xe0\x9f\xbf\"}", -1 },
  { "{\"a\":\"\xe2\x82\"}", -1 }, { "{\"a\":\"\xed\xa0\x80\"}", -1 }, { "{\"a\":\"\xed\xbf\xbf\"}", -1 },
  { "{\"a\":\"\xf0\x80\x80\x80\"}", -1 }, { "{\"a\":\"\xf0\x8f\xbf\xbf\"}", -1 }, { "{\"a\":\"\xf0\x9f\x98\"}", -1 },
  { "{\"a\":\"\xf4\x90\x80\x80\"}", -1 }, { "{\"a\":\"\xf5\x80\x80\x80\"}", -1 }, { "{\"a\":\"\xff\"}", -1 }, { "{\"a\":\"\xfe\"}", -1 },
  { "{\"a\":\"\xf8\x88\x80\x80\x80\"}", -1 }, { "{\"a\xff\":1}", -1 }, { "{\"a\":\"all of this is plain \xc0 to here\"}", -1 },
  { "{\xc2\xa0\"a\":1}", -1 },
};

typedef struct
{
  ChatFramer       framer;
  GString         *objects;
  ChatFramerResult result;
  GError          *error;
} Reader;

static void
reader_init (Reader *reader)
{
  *reader = (Reader) { .objects = g_string_new (NULL), .result = CHAT_FRAMER_NEED_MORE };
  chat_framer_init (&reader->framer, CHAT_MAX_OBJECT_SIZE, CHAT_MAX_OBJECT_DEPTH);
}

static void
reader_clear (Reader *reader)
{
  chat_framer_clear (&reader->framer);
  g_string_free (reader->objects, TRUE);
  g_clear_error (&reader->error);
}

/* The piece is given in a block of its size, so that a sanitizer sees a read past it, which is then gone. */
static void
reader_feed (Reader     *reader,
             const char *data,
             gsize       length)
{
  g_autofree char *piece = g_memdup2 (data, length);
  const char *p = piece;

  while (reader->error == NULL)
    {
      const char *object;
      gsize size;

      reader->result = chat_framer_feed (&reader->framer, &p, &length, &object, &size, &reader->error);
      if (reader->result != CHAT_FRAMER_OBJECT)
        break;
      g_string_append_len (reader->objects, object, (gssize) size);
      g_string_append_c (reader->objects, '|');
    }
}

static void
check_valid (Reader     *reader,
             const char *objects)
{
  g_assert_no_error (reader->error);
  g_assert_cmpint (reader->result, ==, CHAT_FRAMER_NEED_MORE);
  g_assert_cmpstr (reader->objects->str, ==, objects);
  g_assert_true (chat_framer_is_idle (&reader->framer));
  g_assert_null (reader->framer.partial);
  reader_clear (reader);
}

static void
check_malformed (Reader     *reader,
                 const char *stream)
{
  const char *p = "{}", *object;
  gsize length = 2, size;

  if (reader->result != CHAT_FRAMER_BROKEN)
    g_error ("accepted: %s", stream);
  g_assert_error (reader->error, CHAT_ERROR, CHAT_ERROR_MALFORMED);
  g_assert_true (g_utf8_validate (reader->error->message, -1, NULL));
  g_assert_null (reader->framer.partial);
  g_assert_false (chat_framer_is_idle (&reader->framer));

  /* It can not be resumed. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (chat_framer_feed (&reader->framer, &p, &length, &object, &size, &error), ==, CHAT_FRAMER_BROKEN);
      g_assert_error (error, CHAT_ERROR, CHAT_ERROR_MALFORMED);
      g_assert_cmpstr (error->message, ==, reader->error->message);
    }
  reader_clear (reader);
}

/* Whole, cut in two at every place, in three at every two, and byte by byte */
static void
each_split (const char *stream,
            gsize       length,
            void      (*check) (Reader *reader, const char *text),
            const char *text)
{
  Reader reader;

  for (gsize i = 0; i <= length; i++)
    {
      for (gsize j = i; j <= length; j++)
        {
          reader_init (&reader);
          reader_feed (&reader, stream, i);
          reader_feed (&reader, stream + i, j - i);
          reader_feed (&reader, stream + j, length - j);
          check (&reader, text);
        }
    }

  reader_init (&reader);
  for (gsize i = 0; i < length; i++)
    reader_feed (&reader, stream + i, 1);
  check (&reader, text);
}

static void
test_valid (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (valid); i++)
    each_split (valid[i].stream, strlen (valid[i].stream), check_valid, valid[i].objects);
}

static void
test_malformed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      const char *stream = malformed[i].stream;
      gsize length = malformed[i].length >= 0 ? (gsize) malformed[i].length : strlen (stream);

      each_split (stream, length, check_malformed, stream);
    }
}

/* What stood before the fault was handed out. */
static void
test_before_fault (void)
{
  Reader reader;

  reader_init (&reader);
  reader_feed (&reader, "{\"a\":1}\n{\"b\":2}x{}", 18);
  g_assert_cmpstr (reader.objects->str, ==, "{\"a\":1}|{\"b\":2}|");
  check_malformed (&reader, NULL);
}

static void
test_zero_copy (void)
{
  const char *stream = " {\"a\":1} {\"b\":";
  const char *p = stream, *object;
  gsize length = strlen (stream), size;
  ChatFramer framer;

  chat_framer_init (&framer, CHAT_MAX_OBJECT_SIZE, CHAT_MAX_OBJECT_DEPTH);
  g_assert_true (chat_framer_is_idle (&framer));
  g_assert_cmpint (chat_framer_feed (&framer, &p, &length, &object, &size, NULL), ==, CHAT_FRAMER_OBJECT);
  g_assert_true (object == stream + 1);
  g_assert_cmpuint (size, ==, 7);
  g_assert_null (framer.partial);
  g_assert_cmpint (chat_framer_feed (&framer, &p, &length, &object, &size, NULL), ==, CHAT_FRAMER_NEED_MORE);
  g_assert_cmpuint (length, ==, 0);
  g_assert_false (chat_framer_is_idle (&framer));
  g_assert_cmpuint (framer.partial->len, ==, 5);

  p = "2}{}";
  length = 4;
  g_assert_cmpint (chat_framer_feed (&framer, &p, &length, &object, &size, NULL), ==, CHAT_FRAMER_OBJECT);
  g_assert_cmpmem (object, size, "{\"b\":2}", 7);
  g_assert_cmpint (chat_framer_feed (&framer, &p, &length, &object, &size, NULL), ==, CHAT_FRAMER_OBJECT);
  g_assert_cmpmem (object, size, "{}", 2);
  g_assert_null (framer.partial);
  g_assert_cmpint (chat_framer_feed (&framer, &p, &length, &object, &size, NULL), ==, CHAT_FRAMER_NEED_MORE);
  g_assert_null (framer.partial);
}

/* {"a":"xxx…"} of @size bytes */
static char *
make_object (gsize size)
{
  char *text = g_malloc (size + 1);

  memset (text, 'x', size);
  memcpy (text, "{\"a\":\"", 6);
  memcpy (text + size - 2, "\"}", 3);

  return text;
}

static void
check_size (gsize            size,
            gsize            piece,
            ChatFramerResult expected)
{
  g_autofree char *text = make_object (size);
  g_autoptr (GError) error = NULL;
  ChatFramerResult result = CHAT_FRAMER_NEED_MORE;
  const char *object = NULL;
  gsize object_size = 0, taken = 0;
  ChatFramer framer;

  chat_framer_init (&framer, 1000, CHAT_MAX_OBJECT_DEPTH);
  while (taken < size && result == CHAT_FRAMER_NEED_MORE)
    {
      const char *p = text + taken;
      gsize length = MIN (piece, size - taken);

      taken += length;
      result = chat_framer_feed (&framer, &p, &length, &object, &object_size, &error);
      if (framer.partial != NULL)
        g_assert_cmpuint (framer.partial->len, <=, 1000);
    }

  g_assert_cmpint (result, ==, expected);
  if (expected == CHAT_FRAMER_OBJECT)
    g_assert_cmpmem (object, object_size, text, size);
  else
    {
      g_assert_error (error, CHAT_ERROR, CHAT_ERROR_TOO_LARGE);
      g_assert_null (framer.partial);
    }
  chat_framer_clear (&framer);
}

static void
test_size (void)
{
  static const gsize pieces[] = { 1, 2, 3, 7, 64, 499, 500, 999, 1000, 1001, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      check_size (999, pieces[i], CHAT_FRAMER_OBJECT);
      check_size (1000, pieces[i], CHAT_FRAMER_OBJECT);
      check_size (1001, pieces[i], CHAT_FRAMER_BROKEN);
      check_size (4000, pieces[i], CHAT_FRAMER_BROKEN);
    }
}

/* The limit is that of one object: white space and other objects do not count. */
static void
test_size_of_each (void)
{
  g_autofree char *text = make_object (1000);
  ChatFramer framer;

  chat_framer_init (&framer, 1000, CHAT_MAX_OBJECT_DEPTH);
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *stream = g_strdup_printf ("%*s%s%s", (int) i * 50, "", text, text);
      const char *p = stream, *object;
      gsize length = strlen (stream), size;

      for (guint j = 0; j < 2; j++)
        {
          g_assert_cmpint (chat_framer_feed (&framer, &p, &length, &object, &size, NULL), ==, CHAT_FRAMER_OBJECT);
          g_assert_cmpuint (size, ==, 1000);
        }
    }
}

static void
test_depth (void)
{
  static const struct
  {
    const char      *stream;
    ChatFramerResult result;
  } cases[] = {
    { "{\"a\":" DEPTH_8 DEPTH_8 DEPTH_8 "[[[[[[[" "]]]]]]]" DEPTH_8_END DEPTH_8_END DEPTH_8_END "}", CHAT_FRAMER_OBJECT },
    { "{\"a\":" DEPTH_8 DEPTH_8 DEPTH_8 "[[[[[[{" "}]]]]]]" DEPTH_8_END DEPTH_8_END DEPTH_8_END "}", CHAT_FRAMER_OBJECT },
    { "{\"a\":" DEPTH_8 DEPTH_8 DEPTH_8 "[[[[[[[[", CHAT_FRAMER_BROKEN },
    { "{\"a\":" DEPTH_8 DEPTH_8 DEPTH_8 "[[[[[[[{", CHAT_FRAMER_BROKEN },
    { "{\"a\":{\"a\":[[[]],[[]]],\"b\":[[]]},\"c\":[[[]]]}", CHAT_FRAMER_OBJECT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *p = cases[i].stream, *object;
      gsize length = strlen (p), size;
      ChatFramer framer;

      chat_framer_init (&framer, CHAT_MAX_OBJECT_SIZE, CHAT_MAX_OBJECT_DEPTH);
      g_assert_cmpint (chat_framer_feed (&framer, &p, &length, &object, &size, &error), ==, cases[i].result);
      if (cases[i].result == CHAT_FRAMER_BROKEN)
        g_assert_error (error, CHAT_ERROR, CHAT_ERROR_TOO_LARGE);
      chat_framer_clear (&framer);
    }
}

/* Whatever becomes of valid objects by a few wrong bytes: what passes is UTF-8 without NUL that json-glib takes too, and the
 * place of a cut changes nothing. */
static void
test_mutations (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20260131);
  static const char alphabet[] = "{}[]\",:\\/u0019dD8eE+-.truefalsn \n\t\x01\x7f\x80\xc2\xe2\xed\xf0\xff";
  guint passed = 0;

  for (guint round = 0; round < 30000; round++)
    {
      const char *seed = valid[g_rand_int_range (random, 0, G_N_ELEMENTS (valid))].stream;
      g_autoptr (GString) stream = g_string_new (seed);
      Reader whole, cut;
      gsize at;

      for (int i = g_rand_int_range (random, 1, 4); i > 0 && stream->len > 0; i--)
        {
          gsize place = (gsize) g_rand_int_range (random, 0, (gint32) stream->len);
          char c = alphabet[g_rand_int_range (random, 0, sizeof alphabet - 1)];

          if (g_rand_boolean (random))
            stream->str[place] = c;
          else
            g_string_insert_c (stream, (gssize) place, c);
        }

      reader_init (&whole);
      reader_feed (&whole, stream->str, stream->len);
      at = (gsize) g_rand_int_range (random, 0, (gint32) stream->len + 1);
      reader_init (&cut);
      reader_feed (&cut, stream->str, at);
      reader_feed (&cut, stream->str + at, stream->len - at);

      g_assert_cmpint (cut.result, ==, whole.result);
      g_assert_cmpstr (cut.objects->str, ==, whole.objects->str);
      if (whole.objects->len > 0)
        {
          g_auto (GStrv) objects = g_strsplit (whole.objects->str, "|", -1);

          passed++;
          g_assert_true (g_utf8_validate (whole.objects->str, (gssize) whole.objects->len, NULL));
          for (guint i = 0; strchr (stream->str, '|') == NULL && objects[i + 1] != NULL; i++)
            {
              g_autoptr (GError) error = NULL;
              g_autoptr (JsonNode) node = json_from_string (objects[i], &error);

              g_assert_no_error (error);
              g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
            }
        }
      reader_clear (&whole);
      reader_clear (&cut);
    }

  /* The test is one only if both happen often. */
  g_assert_cmpuint (passed, >, 1000);
  g_assert_cmpuint (passed, <, 29000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/framer/valid", test_valid);
  g_test_add_func ("/framer/malformed", test_malformed);
  g_test_add_func ("/framer/before-fault", test_before_fault);
  g_test_add_func ("/framer/zero-copy", test_zero_copy);
  g_test_add_func ("/framer/size", test_size);
  g_test_add_func ("/framer/size-of-each", test_size_of_each);
  g_test_add_func ("/framer/depth", test_depth);
  g_test_add_func ("/framer/mutations", test_mutations);

  return g_test_run ();
}
