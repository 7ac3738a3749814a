/* For OpenSMTPD 6.8 on OpenSSL 3 only, as a preloaded library. smtpd keeps the private key in a process of its own
   and gives libssl a stand-in whose operations ask that process. Built against OpenSSL 3 the stand-in is never asked,
   and every handshake of its server ends with "missing private key". Here the real key of OWN_KEY takes the place of
   the stand-in; what smtpd does with the client's certificate is its own. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

static EVP_PKEY *own;

/* Before smtpd locks itself in. */
__attribute__((constructor)) static void read_own_key(void) {
  const char *name = getenv("OWN_KEY");
  FILE *file = name != NULL ? fopen(name, "r") : NULL;
  if (file == NULL) return;
  own = PEM_read_PrivateKey(file, NULL, NULL, NULL);
  fclose(file);
}

int SSL_CTX_use_PrivateKey(SSL_CTX *context, EVP_PKEY *key) {
  int (*next)(SSL_CTX *, EVP_PKEY *) = (int (*)(SSL_CTX *, EVP_PKEY *))dlsym(RTLD_NEXT, "SSL_CTX_use_PrivateKey");
  return next(context, own != NULL ? own : key);
}
