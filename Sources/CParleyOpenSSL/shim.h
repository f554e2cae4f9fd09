// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

// MARK: TLS. Macros, and functions for the types that only macros have.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static inline void parley_bio_want_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void parley_bio_want_nothing(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline int parley_tls_versions(SSL_CTX *context, int least, int most) {
    return SSL_CTX_set_min_proto_version(context, least) && SSL_CTX_set_max_proto_version(context, most);
}
static inline int parley_tls_groups(SSL_CTX *context, const char *list) { return SSL_CTX_set1_groups_list(context, list); }
static inline void parley_tls_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // Of the ciphers that both have ours go first, AES with 128 bits: the 256 that many clients put first cost a third more
    // and protect no better here. A client that puts ChaCha20 first, as those without AES in hardware do, gets it.
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
}
static inline int parley_tls_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}
static inline void parley_tls_on_server_name(SSL_CTX *context, int (*chosen)(SSL *, int *, void *), void *argument) {
    SSL_CTX_set_tlsext_servername_callback(context, chosen);
    SSL_CTX_set_tlsext_servername_arg(context, argument);
}
// What a client asks for; the tests have one.
static inline int parley_tls_name(SSL *ssl, const char *host) { return (int)SSL_set_tlsext_host_name(ssl, host); }

// MARK: The local authority. Macros, and what takes variable arguments.
static inline EVP_PKEY *parley_new_key(void) { return EVP_EC_gen("P-256"); }
// Adds an extension written as in OpenSSL's configuration files.
static inline int parley_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    int done = extension != NULL && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return done;
}
static inline long parley_bio_bytes(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }
