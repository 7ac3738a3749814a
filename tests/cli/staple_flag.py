"""serve --ocsp-response: what OpenSSL's own client sees of it, what our check makes of it, and files that are none."""
import json
import subprocess

from harness import expect, expect_code, expect_sentence, one_line, openssl


def prepare(house):
    """A response of the authority's about their certificate, and one that says it is revoked."""
    serial = subprocess.run(["openssl", "x509", "-in", "theirs.pem", "-noout", "-serial"], cwd=house.directory,
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30).stdout.strip().split("=")[1]
    for name, state in (("good", "V\t491231235959Z\t\t"), ("revoked", "R\t491231235959Z\t251101000000Z,keyCompromise\t")):
        house.write(f"{name}.index", f"{state}{serial}\tunknown\t/CN=mail.woodgrovebank.com\n")
        openssl(house, "ocsp", "-index", f"{name}.index", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key",
                "-issuer", "ca.pem", "-cert", "theirs.pem", "-no_nonce", "-ndays", "5", "-respout", f"{name}.ocsp")


def serve(house, *flags):
    return house.start(["serve", "--listen", "127.0.0.1:0", "--count", "1", "--crl", "off", "--ca", house.path("ca.pem"),
                        "--cert", house.path("theirs.pem"), "--key", house.path("theirs.key"), *flags])


def client_sees(house, version, wanted, *flags):
    """openssl s_client -status: asks, verifies nothing, prints the response."""
    process = serve(house, *flags)
    try:
        run = subprocess.run(["openssl", "s_client", "-starttls", "smtp", "-status", version, "-crlf", "-connect",
                              f"127.0.0.1:{house.port_of(process)}"], cwd=house.directory, input="QUIT\r\n",
                             capture_output=True, text=True, timeout=20)
        expect(wanted in run.stdout, f"'{wanted}' is not what s_client sees: {one_line(run.stdout + run.stderr)}")
    finally:
        house.wait(process, 10)


def check_sees(house, name, crl, code, finding):
    process = serve(house, "--ocsp-response", house.path(f"{name}.ocsp"))
    try:
        outcome = house.run("check", "woodgrovebank.com", "--connect", f"127.0.0.1:{house.port_of(process)}", "--ca",
                            house.path("ca.pem"), "--require", "server", "--json", *crl)
    finally:
        house.wait(process, 10)
    expect_code(outcome, code)
    session = json.loads(outcome.out)["sessions"][0]
    status = session["session"]["stapled_status"]
    expect(status["state"] == name and status["problem"] is None, f"stapled_status is {status}")
    expect(session["code"] == finding, f"{session['code']}: {session['detail']}")


def cases(house):
    good = ("--ocsp-response", house.path("good.ocsp"))
    soft = ("--crl", "cached", "--crl-fail", "soft")
    for version in ("-tls1_2", "-tls1_3"):
        yield f"--ocsp-response: s_client {version}", lambda v=version: client_sees(house, v, "Cert Status: good", *good)
        yield f"without --ocsp-response: s_client {version}", lambda v=version: client_sees(
            house, v, "OCSP response: no response sent")
    yield "--ocsp-response: check sees good", lambda: check_sees(house, "good", soft, 0, "DS130")  # no certificate of ours
    yield "--ocsp-response: check refuses revoked", lambda: check_sees(house, "revoked", soft, 1, "DS105")
    for name, parts in (("theirs.pem", ("is no OCSP response", "openssl ocsp")), ("gone.ocsp", ("gone.ocsp",))):
        yield f"--ocsp-response {name}", lambda n=name, p=parts: expect_sentence(
            house.run("serve", "--listen", "127.0.0.1:0", "--cert", house.path("theirs.pem"), "--key",
                      house.path("theirs.key"), "--ca", house.path("ca.pem"), "--ocsp-response", house.path(n)), 2, *p)
