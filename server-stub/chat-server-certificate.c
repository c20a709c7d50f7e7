/* chat-server-certificate.c: loads the server's TLS certificate, or makes one for development
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "chat-server-certificate.h"

#include <gnutls/gnutls.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#include "chat-server-hasher.h"

#define CERTIFICATE_NAME "tls-cert.pem"
#define KEY_NAME         "tls-key.pem"
#define VALID_YEARS      10
/* A clock that is a little behind ours must not find the certificate not yet valid */
#define VALID_BEFORE     (24 * 60 * 60)
#define MAX_NAMES        64

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)

typedef char Secret;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Secret, chat_server_secret_free)

static gboolean
check (int code, const char *what, GError **error)
{
  if (code >= 0)
    return TRUE;
  g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC, "%s: %s", what, gnutls_strerror (code));
  return FALSE;
}

/* GLib finds out only in the handshake that a key is another certificate's; a person wants to know at the start */
static gboolean
belong_together (GTlsCertificate *certificate, const char *certificate_path, const char *key_path, GError **error)
{
  g_autofree char *certificate_pem = NULL;
  g_autoptr (Secret) key_pem = NULL;
  g_auto (gnutls_x509_crt_t) crt = NULL;
  g_auto (gnutls_x509_privkey_t) key = NULL;
  gnutls_datum_t data;
  guint8 crt_id[64], key_id[64];
  gsize crt_length = sizeof crt_id, key_length = sizeof key_id;

  g_object_get (certificate, "certificate-pem", &certificate_pem, "private-key-pem", &key_pem, NULL);
  if (certificate_pem == NULL || key_pem == NULL)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "“%s” holds no certificate or “%s” no private key",
                   certificate_path, key_path);
      return FALSE;
    }
  data.data = (guint8 *) certificate_pem;
  data.size = strlen (certificate_pem);
  if (!check (gnutls_x509_crt_init (&crt), "The certificate", error)
      || !check (gnutls_x509_crt_import (crt, &data, GNUTLS_X509_FMT_PEM), "The certificate", error)
      || !check (gnutls_x509_crt_get_key_id (crt, GNUTLS_KEYID_USE_SHA256, crt_id, &crt_length), "The certificate", error))
    return FALSE;
  data.data = (guint8 *) key_pem;
  data.size = strlen (key_pem);
  if (!check (gnutls_x509_privkey_init (&key), "The private key", error)
      || !check (gnutls_x509_privkey_import2 (key, &data, GNUTLS_X509_FMT_PEM, NULL, 0), "The private key", error)
      || !check (gnutls_x509_privkey_get_key_id (key, GNUTLS_KEYID_USE_SHA256, key_id, &key_length), "The private key",
                 error))
    return FALSE;
  if (crt_length != key_length || memcmp (crt_id, key_id, crt_length) != 0)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                   "The private key “%s” is not that of the certificate “%s”", key_path, certificate_path);
      return FALSE;
    }
  return TRUE;
}

GTlsCertificate *
chat_server_certificate_load (const char *certificate_path, const char *key_path, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;

  g_return_val_if_fail (certificate_path != NULL, NULL);

  if (key_path == NULL)
    key_path = certificate_path;
  certificate = g_tls_certificate_new_from_files (certificate_path, key_path, error);
  if (certificate == NULL)
    {
      g_prefix_error (error, "“%s”: ", certificate_path);
      return NULL;
    }
  if (!belong_together (certificate, certificate_path, key_path, error))
    return NULL;
  return g_steal_pointer (&certificate);
}

static gboolean
add_name (gnutls_x509_crt_t crt, const char *name, GError **error)
{
  g_autoptr (GInetAddress) address = NULL;

  address = g_inet_address_new_from_string (name);
  if (address != NULL)
    return check (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, g_inet_address_to_bytes (address),
                                                        g_inet_address_get_native_size (address), GNUTLS_FSAN_APPEND),
                  name, error);
  return check (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, name, strlen (name), GNUTLS_FSAN_APPEND),
                name, error);
}

static gboolean
set_up (gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *const *names, GError **error)
{
  static const char *const own_names[] = { "localhost", "127.0.0.1", "::1" };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) end = g_date_time_add_years (now, VALID_YEARS);
  const char *first = names != NULL && names[0] != NULL ? names[0] : own_names[0];
  guint8 serial[16], id[64];
  gsize id_length = sizeof id;

  if (!check (gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial), "A serial number", error))
    return FALSE;
  serial[0] = (serial[0] & 0x7f) | 0x40;      /* positive, and never short (RFC 5280, 4.1.2.2) */
  if (!check (gnutls_x509_crt_set_version (crt, 3), "The version", error)
      || !check (gnutls_x509_crt_set_key (crt, key), "The key", error)
      || !check (gnutls_x509_crt_set_serial (crt, serial, sizeof serial), "The serial number", error)
      || !check (gnutls_x509_crt_set_activation_time (crt, g_date_time_to_unix (now) - VALID_BEFORE), "The validity", error)
      || !check (gnutls_x509_crt_set_expiration_time (crt, g_date_time_to_unix (end)), "The validity", error)
      /* A common name has at most 64 letters; the names that count stand below */
      || !check (gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, first, MIN (strlen (first), 64)),
                 "The subject", error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (own_names); i++)
    if (!add_name (crt, own_names[i], error))
      return FALSE;
  for (guint i = 0; names != NULL && names[i] != NULL && i < MAX_NAMES; i++)
    {
      gboolean known = FALSE;

      for (guint k = 0; k < G_N_ELEMENTS (own_names) && !known; k++)
        known = g_str_equal (names[i], own_names[k]);
      if (!known && !add_name (crt, names[i], error))
        return FALSE;
    }
  return check (gnutls_x509_crt_set_basic_constraints (crt, 0, -1), "The constraints", error)
         && check (gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_DIGITAL_SIGNATURE), "The usage", error)
         && check (gnutls_x509_crt_set_key_purpose_oid (crt, GNUTLS_KP_TLS_WWW_SERVER, 0), "The purpose", error)
         && check (gnutls_x509_crt_get_key_id (crt, GNUTLS_KEYID_USE_SHA1, id, &id_length), "The key's name", error)
         && check (gnutls_x509_crt_set_subject_key_id (crt, id, id_length), "The key's name", error)
         && check (gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0), "The signature", error);
}

static gboolean
write_private (const char *path, const gnutls_datum_t *data, GError **error)
{
  return g_file_set_contents_full (path, (const char *) data->data, data->size,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static gboolean
make (const char *certificate_path, const char *key_path, const char *const *names, GError **error)
{
  g_auto (gnutls_x509_crt_t) crt = NULL;
  g_auto (gnutls_x509_privkey_t) key = NULL;
  gnutls_datum_t crt_pem = { NULL, 0 }, key_pem = { NULL, 0 };
  gboolean ok;

  if (!check (gnutls_x509_crt_init (&crt), "A certificate", error)
      || !check (gnutls_x509_privkey_init (&key), "A private key", error)
      || !check (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                 "A private key", error)
      || !set_up (crt, key, names, error))
    return FALSE;

  /* The key first: a certificate without its key is never there, and a key alone is made anew */
  ok = check (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &crt_pem), "The certificate", error)
       && check (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_pem),
                 "The private key", error)
       && write_private (key_path, &key_pem, error)
       && write_private (certificate_path, &crt_pem, error);
  if (key_pem.data != NULL)
    gnutls_memset (key_pem.data, 0, key_pem.size);
  gnutls_free (key_pem.data);
  gnutls_free (crt_pem.data);
  return ok;
}

GTlsCertificate *
chat_server_certificate_ensure (const char *directory, const char *const *names, gboolean *created, GError **error)
{
  g_autofree char *certificate_path = NULL, *key_path = NULL;
  gboolean missing;

  g_return_val_if_fail (directory != NULL, NULL);

  certificate_path = g_build_filename (directory, CERTIFICATE_NAME, NULL);
  key_path = g_build_filename (directory, KEY_NAME, NULL);
  missing = !g_file_test (certificate_path, G_FILE_TEST_EXISTS);
  if (missing && !make (certificate_path, key_path, names, error))
    {
      g_prefix_error (error, "A certificate can not be made in “%s”: ", directory);
      return NULL;
    }
  if (created != NULL)
    *created = missing;
  return chat_server_certificate_load (certificate_path, key_path, error);
}

char *
chat_server_certificate_get_fingerprint (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;
  g_autofree char *hex = NULL;
  GString *text;

  g_return_val_if_fail (G_IS_TLS_CERTIFICATE (certificate), NULL);

  g_object_get (certificate, "certificate", &der, NULL);
  if (der == NULL)
    return g_strdup ("");
  hex = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  text = g_string_new (NULL);
  for (gsize i = 0; hex[i] != '\0'; i += 2)
    {
      if (i > 0)
        g_string_append_c (text, ':');
      g_string_append_c (text, g_ascii_toupper (hex[i]));
      g_string_append_c (text, g_ascii_toupper (hex[i + 1]));
    }
  return g_string_free (text, FALSE);
}
