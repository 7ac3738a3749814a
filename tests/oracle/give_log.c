/* sendmail writes its log to syslog alone: this writes it to the file LOG_FILE, a line with its process each. The name is read
   at the start, for sendmail clears its environment. Preloaded. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char log_file[4096];

__attribute__((constructor)) static void remember(void) {
  const char *file = getenv("LOG_FILE");
  if (file != NULL) snprintf(log_file, sizeof log_file, "%s", file);
}

static void put(const char *format, va_list arguments) {
  char line[4096];
  int length = snprintf(line, sizeof line, "[%d]: ", (int)getpid());
  length += vsnprintf(line + length, sizeof line - 64, format, arguments);
  if (length > (int)sizeof line - 64) length = (int)sizeof line - 64;
  line[length++] = '\n';
  const int out = open(log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (out < 0) return;
  if (write(out, line, (size_t)length) < 0) perror(log_file);
  close(out);
}

void openlog(const char *name, int options, int facility) {
  (void)name, (void)options, (void)facility;
}

void syslog(int priority, const char *format, ...) {
  va_list arguments;
  (void)priority;
  va_start(arguments, format);
  put(format, arguments);
  va_end(arguments);
}

void __syslog_chk(int priority, int flag, const char *format, ...) {
  va_list arguments;
  (void)priority, (void)flag;
  va_start(arguments, format);
  put(format, arguments);
  va_end(arguments);
}

void vsyslog(int priority, const char *format, va_list arguments) {
  (void)priority;
  put(format, arguments);
}

void __vsyslog_chk(int priority, int flag, const char *format, va_list arguments) {
  (void)priority, (void)flag;
  put(format, arguments);
}
