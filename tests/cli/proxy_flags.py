"""--http-proxy, http_proxy and no_proxy: a proxy over real sockets that knows the hosts by names of its own, so that what comes
back came through it; and curl beside it, where there is one, for which hosts are asked directly."""
import json
import shutil
import socket
import subprocess
import threading
import urllib.parse

from harness import expect, expect_code, expect_sentence, free_port
from hostile_servers import Server

LIST_SIZE = 5  # of what is no list: the trouble shows that it has arrived


class Proxy(Server):
    """Forwards GET in absolute form to 127.0.0.1, whatever the host's name; `asked` has each request's target and Host."""

    def __init__(self, house, answer=None):
        self.asked, self.answer, self.guard = [], answer, threading.Lock()
        super().__init__(house, self.forward)

    @property
    def uri(self):
        return f"http://127.0.0.1:{self.port}"

    def forward(self, talk):
        method, target, version = talk.hear().decode().split(" ")
        fields = {}
        while line := talk.hear().decode():
            name, value = line.split(":", 1)
            fields[name.lower()] = value.strip()
        with self.guard:
            self.asked.append((target, fields.get("host")))
        parts = urllib.parse.urlsplit(target)
        if self.answer is not None or method != "GET" or parts.scheme != "http":
            talk.say(self.answer or b"HTTP/1.1 400 not absolute\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", parts.port or 80), timeout=5) as other:
            path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
            other.sendall(f"GET {path} {version}\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
            while part := other.recv(65536):
                talk.say(part)


def hello(talk):
    while talk.hear():
        pass
    talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\nhello" % LIST_SIZE)


def prepare(house):
    """The lab is that of cert_flags."""


def fetch(house, uri, *flags, env=()):
    return house.run("crl", "fetch", uri, "--crl-cache", house.path("proxied"), "--timeout", "3", *flags,
                     wrapper=("env", *env) if env else ())


def joined(outcome):
    return " ".join(outcome.out.split())


def arrived(outcome):
    return f"the {LIST_SIZE} octets are no revocation list" in joined(outcome)


def through_the_proxy(house):
    """Neither is the host looked up (there is no name server), nor is it asked directly."""
    with Server(house, hello) as web, Proxy(house) as proxy:
        uri = f"http://crl.contoso.example:{web.port}/ca.crl?x=1"
        outcome = fetch(house, uri, "--http-proxy", proxy.uri)
        expect(arrived(outcome), outcome.out)
        expect(proxy.asked == [(uri, f"crl.contoso.example:{web.port}")], f"asked {proxy.asked}")
        for env in (f"DOMSEC_HTTP_PROXY={proxy.uri}", f"http_proxy={proxy.uri}", f"http_proxy=127.0.0.1:{proxy.port}/"):
            expect(arrived(fetch(house, uri, env=(env,))), env)
        expect(len(proxy.asked) == 4, f"asked {proxy.asked}")
        for why, flags, env in (("upper case", (), (f"HTTP_PROXY={proxy.uri}",)),
                                ("none", ("--http-proxy", "none"), (f"http_proxy={proxy.uri}",)),
                                ("an exception", (), (f"http_proxy={proxy.uri}", "no_proxy=a.example, contoso.example")),
                                ("an exception to the flag", ("--http-proxy", proxy.uri), ("NO_PROXY=*",))):
            outcome = fetch(house, uri, *flags, env=env)
            expect(not arrived(outcome) and "host crl.contoso.example" in joined(outcome), f"{why}: {outcome.out}")
        expect(len(proxy.asked) == 4, f"asked {proxy.asked}")


def loopback_is_asked_directly(house):
    with Server(house, hello) as web:
        uri = f"http://127.0.0.1:{web.port}/ca.crl"
        expect(arrived(fetch(house, uri, env=("http_proxy=http://127.0.0.1:1",))), "the environment's proxy was asked")
        expect("proxy http://127.0.0.1:1: connection refused" in joined(fetch(house, uri, "--http-proxy", "http://127.0.0.1:1")),
               "the flag's proxy was not asked")


def faults_name_the_proxy(house):
    uri = "http://crl.contoso.example/ca.crl"
    for answer, word in ((b"HTTP/1.1 407 no\r\nContent-Length: 0\r\n\r\n", "demands authentication (HTTP status 407)"),
                         (b"HTTP/1.1 403 no\r\nContent-Length: 0\r\n\r\n", "HTTP status 403 by way of the proxy"),
                         (b"HTTP/1.1 504 no\r\nContent-Length: 0\r\n\r\n", "HTTP status 504 by way of the proxy"),
                         (b"SOCKS?\r\n\r\n", "the answer is no HTTP")):
        with Proxy(house, answer) as proxy:
            outcome = fetch(house, uri, "--http-proxy", proxy.uri)
            expect_code(outcome, 3)
            text = joined(outcome)
            expect(word in text and proxy.uri in text, f"{word}: {text}")
    expect("proxy http://127.0.0.1:1: connection refused" in joined(fetch(house, uri, "--http-proxy", "127.0.0.1:1")), "down")
    for text, word in (("https://p:1", "speaks http"), ("http://u:secret@p:1", "demands authentication")):
        outcome = fetch(house, uri, "--http-proxy", text)
        expect_sentence(outcome, 2, "--http-proxy", word)
        expect("secret" not in outcome.err, outcome.err)
    outcome = fetch(house, uri, env=("http_proxy=http://u:secret@p:1",))
    expect_sentence(outcome, 2, "http_proxy of the environment", "--http-proxy none")
    expect("secret" not in outcome.err, outcome.err)


def check_and_its_lists(house):
    """A whole session with revocation: every list comes through the proxy. The lab itself is asked without one."""
    lab = house.lab
    target = ("check", "woodgrovebank.com", "--connect", f"127.0.0.4:{lab.smtp_port}", "--ca", lab.root, "--json")
    with Proxy(house) as proxy:
        expect_code(house.run(*target, "--http-proxy", proxy.uri), 0)
        names = sorted(urllib.parse.urlsplit(uri).path for uri, _ in proxy.asked)
        expect(names == ["/example-trust.crl", "/woodgrove-ca.crl"], f"asked {names}")
    blind = house.run(*target, "--http-proxy", "http://127.0.0.1:1")
    expect_code(blind, 3)
    expect("proxy http://127.0.0.1:1" in blind.out, blind.out)
    lent = house.run("check", "woodgrovebank.com", "--lab", lab.state, "--dns", lab.dns, "--json", wrapper=("env", "http_proxy=http://127.0.0.1:1"))
    expect_code(lent, 0)


def configured(house):
    """The file's key, what goes before it, and what doctor tells of them."""
    file = house.write("proxy.toml", "[Revocation]\nHttpProxy = \"http://file.example:3128\"\n")
    wrong = house.write("wrong-proxy.toml", "[Revocation]\nHttpProxy = \"ftp://file.example\"\n")

    def told(*flags, env=("A=b",), config=file):
        outcome = house.run("doctor", "--config", config, "--json", "--timeout", "1", *flags, wrapper=("env", *env))
        checks = json.loads(outcome.out)["checks"]
        return [each["detail"] for each in checks if each["name"] in ("http-proxy", "files")][0]
    expect(told() == "http://file.example:3128 (" + file + ":2) for revocation lists", told())
    expect(told(env=("http_proxy=http://env.example:1",)).startswith("http://file.example"), "http_proxy before the file")
    expect(told("--http-proxy", "http://flag.example:1").startswith("http://flag.example:1 (--http-proxy)"), "flag")
    expect(told(env=("DOMSEC_HTTP_PROXY=none",)).startswith("none"), "none")
    bare = house.write("bare.toml", "[Revocation]\nMode = \"fetch\"\n")
    expect(told(env=("http_proxy=http://env.example:1", "no_proxy=.lan"), config=bare) ==
           "http://env.example:1 (http_proxy) for revocation lists, not for lan, localhost, 127.0.0.0/8, ::1", "environment")
    expect("wrong-proxy.toml:2: HttpProxy cannot be used: only a proxy that speaks http" in told(config=wrong), told(config=wrong))
    shown = house.run("policy", "show", "--config", file)
    expect('HttpProxy = "http://file.example:3128"' in shown.out, shown.out)


def as_curl_reads_it(house):
    if not shutil.which("curl"):
        return
    port = free_port()
    for host, exceptions in (("crl.a.example", "a.example"), ("crl.a.example", ".a.example"), ("crl.a.example", "b.example"),
                             ("evila.example", "a.example"), ("a.example", ".a.example"), ("crl.a.example", "*"),
                             ("192.0.2.7", "192.0.2.0/24"), ("192.0.2.7", "198.51.100.0/24"), ("crl.a.example", "x,A.EXAMPLE")):
        uri = f"http://{host}:{port}/x"
        asked = []
        for peer in ("curl", "domsec"):
            with Proxy(house, b"HTTP/1.1 404 no\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as proxy:
                env = (f"http_proxy={proxy.uri}", f"no_proxy={exceptions}")
                if peer == "curl":
                    subprocess.run(["env", "-u", "NO_PROXY", *env, "curl", "-s", "-m", "1", uri], capture_output=True, timeout=10)
                else:
                    house.run("crl", "fetch", uri, "--crl-cache", house.path("proxied"), "--timeout", "1", wrapper=("env", *env))
                asked.append(len(proxy.asked))
        expect(asked[0] == asked[1], f"{host} with no_proxy={exceptions}: curl asked {asked[0]} times, domsec {asked[1]}")


def cases(house):
    for play in (through_the_proxy, loopback_is_asked_directly, faults_name_the_proxy, configured, as_curl_reads_it):
        yield f"proxy: {play.__name__.replace('_', ' ')}", lambda p=play: p(house)
    if hasattr(house, "lab"):
        yield "proxy: check and its lists", lambda: check_and_its_lists(house)
