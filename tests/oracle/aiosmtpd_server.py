"""aiosmtpd as a receiving server that demands a client certificate; what it does goes to standard error, a line each.

    aiosmtpd_server.py PORT CERTIFICATE KEY TRUSTED HOST SECONDS
"""

import logging
import re
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Watched(SMTP):
    """Says when a connection is gone; everything else is aiosmtpd's own."""

    def connection_lost(self, error):
        super().connection_lost(error)
        say("lost%s" % (": %s" % error if error else ""))


class Taken:
    async def handle_DATA(self, server, session, envelope):
        say("took a message%s" % (" inside TLS" if session.ssl else ""))
        return "250 OK"


class Told(logging.Handler):
    def emit(self, record):
        text = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            text += ": %s: %s" % (type(record.exc_info[1]).__name__, record.exc_info[1])
        say(re.sub(r"\('127\.0\.0\.1', \d+\)|<.*?>", "", text).splitlines()[0])


def say(text):
    print(text, file=sys.stderr, flush=True)


class Demanding(Controller):
    def factory(self):
        return Watched(self.handler, **self.SMTP_kwargs)


def main():
    port, certificate, key, trusted, host, seconds = sys.argv[1:]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=trusted)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificate, key)
    for name in ("mail.log", "asyncio"):
        logging.getLogger(name).addHandler(Told())
        logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger(name).propagate = False
    controller = Demanding(Taken(), hostname="127.0.0.1", port=int(port), server_hostname=host, tls_context=context,
                           require_starttls=True, timeout=float(seconds))
    controller.start()
    threading.Event().wait()


main()
