"""Exim as a sending server that demands a good server certificate: one delivery a certificate, in the foreground."""

import pathlib
import subprocess

from mta import exim_account, read


class EximSender:
    """`ports` says by recipient where the mail goes; all are the one host `reference`."""

    def __init__(self, place, home, reference, ports, trusted, crls):
        self.place, self.home = pathlib.Path(place), pathlib.Path(home)
        self.home.mkdir(parents=True)
        (self.home / "hosts").write_text("127.0.0.1 %s\n" % reference)
        (self.home / "ports").write_text("".join("%s: %d\n" % pair for pair in ports.items()))
        (self.home / "configuration").write_text(self.configuration(reference, trusted, crls))
        self.environment, self.identity = exim_account(self.place, self.home, NSS_WRAPPER_HOSTS=str(self.home / "hosts"))

    def configuration(self, reference, trusted, crls):
        return f"""
primary_hostname = mail.contoso.com
spool_directory = {self.home}/spool
log_file_path = {self.home}/log-%s
keep_environment = ^LD_ : ^NSS_WRAPPER_
exim_path = {self.place}/usr/sbin/exim4
host_lookup =
begin routers
all:
  driver = manualroute
  host_find_failed = defer
  route_data = {reference}::${{lookup{{$local_part}}lsearch{{{self.home}/ports}}}}
  transport = verified
  self = send
begin transports
verified:
  driver = smtp
  allow_localhost
  hosts_require_tls = *
  tls_verify_certificates = {trusted}
  tls_verify_hosts = *
  tls_verify_cert_hostnames = *
  tls_crl = {crls}
  dnssec_request_domains = :
begin retry
* * F,1h,15m
"""

    def send(self, name):
        run = subprocess.run([str(self.place / "usr/sbin/exim4"), "-C", str(self.home / "configuration"), "-odf", "-f",
                              "a@contoso.com", name + "@woodgrovebank.com"], input="Subject: x\n\nA line.\n", text=True,
                             capture_output=True, timeout=30, env=self.environment, cwd="/", **self.identity)
        if run.returncode != 0:
            raise RuntimeError("Exim took no message: " + run.stderr)

    def log(self):
        return read(self.home / "log-main") + read(self.home / "log-panic")
