"""crl show, fetch, check and cache: lists over HTTP of the lab's server, kept in a directory, and what they say."""
import json
import os
import stat

from harness import expect, expect_code, expect_sentence
from hostile_servers import Server


def prepare(house):
    """The lab is that of cert_flags."""
    house.crl_cache = house.path("kept")


def uri(house, name="woodgrove-ca"):
    port = house.lab.crls.rsplit(":", 1)[1]
    return f"http://crl.example-trust.com:{port}/{name}.crl"


def run(house, *arguments, cache="kept"):
    more = [] if arguments[0] == "cache" else ["--dns", house.lab.dns, "--timeout", "2"]
    return house.run("crl", *arguments, *more, "--crl-cache", house.path(cache))


def document(outcome):
    return json.loads(outcome.out.strip().splitlines()[-1])


def woodgrove(house):
    return house.lab.leaf("woodgrove", "mail1.woodgrovebank.com")


def fetched_and_kept(house):
    """fetch asks, show takes what is kept, ls shows it, clear removes it."""
    first = run(house, "fetch", uri(house), "--json", cache="one")
    expect_code(first, 0)
    one = document(first)["lists"][0]
    expect(one["origin"] == "fetched" and one["took_ms"] is not None, f"not fetched: {one}")
    expect(one["octets"] == os.path.getsize(next(entry.path for entry in os.scandir(house.path("one")) if entry.name.endswith(".crl"))),
           "the size is another")
    expect(stat.S_IMODE(os.stat(house.path("one")).st_mode) == 0o700, "others can look into the cache")
    second = document(run(house, "show", uri(house), "--json", cache="one"))["lists"][0]
    expect(second["origin"] == "cache" and second["kept_at"], f"not from the cache: {second}")
    listed = run(house, "cache", "ls", cache="one")
    expect(uri(house) in listed.out.replace("\n  ", "") and "1 list in" in listed.out, listed.out)
    house.write("one/stranger.txt", "mine")
    expect("removed 1 list from" in run(house, "cache", "clear", cache="one").out, "not cleared")
    expect(os.listdir(house.path("one")) == ["stranger.txt"], "something is left, or a stranger's file is gone")
    expect("0 lists in" in run(house, "cache", "ls", cache="one").out, "something is listed")
    again = run(house, "show", uri(house), cache="one")
    for part in ("fetched in", "CN=Woodgrove Bank Issuing CA 1", "a full list", "left", "octets", "ecdsa-with-SHA256",
                 "every certificate of its issuer"):
        expect(part in again.out, f"'{part}' is not shown in {again.out}")


def of_certificates(house):
    outcome = run(house, "fetch", woodgrove(house), "--json")
    expect_code(outcome, 0)
    expect([each["source"] for each in document(outcome)["lists"]] == [uri(house), uri(house, "example-trust")], outcome.out)
    nothing = run(house, "fetch", house.lab.root)
    expect_code(nothing, 3)
    expect("names a distribution point" in nothing.out, nothing.out)


def files(house):
    path = house.path("file.crl")
    run(house, "fetch", uri(house), cache="two")
    with open(path, "wb") as file:
        name = next(entry.path for entry in os.scandir(house.path("two")) if entry.name.endswith(".crl"))
        with open(name, "rb") as kept:
            file.write(kept.read())
    shown = run(house, "show", path)
    expect_code(shown, 0)
    expect("from the file" in shown.out and "number" in shown.out, shown.out)
    expect_sentence(run(house, "show", house.path("ours.pem")), 2, "ours.pem", "no revocation list")
    expect_sentence(run(house, "show", house.path("gone.crl")), 2, "gone.crl", "check the path")


def not_to_be_had(house):
    for target, word in ((uri(house, "gone"), "404"), ("http://127.0.0.1:1/x.crl", "refused"), ("https://a.example/x.crl", "only http")):
        outcome = run(house, "fetch", target)
        expect_code(outcome, 3)
        expect("no list" in outcome.out and word in outcome.out, f"{target}: {outcome.out}")


def hostile_points(house):
    """A distribution point is a stranger's server: whatever it answers, the run ends in time and with one line about it."""
    def answering(octets):
        def script(talk):
            while talk.hear():
                pass
            talk.say(octets)
        return script

    def endless(talk):
        while talk.hear():
            pass
        talk.say(b"HTTP/1.1 200 OK\r\n\r\n")
        talk.trickle(b"0" * 100)
    for name, script, word in (
            ("no list", answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), "5 octets are no revocation list"),
            ("escapes in the answer", answering(b"HTTP/1.1 503 \x1b[31mno\r\n\r\n"), "no list"),
            ("no HTTP", answering(b"\x1b[31m220 hello\r\n"), "no list"),
            ("too slow", endless, "no whole answer in time")):
        with Server(house, script) as server:
            outcome = run(house, "fetch", f"http://127.0.0.1:{server.port}/x")
        expect_code(outcome, 3)
        expect(word in outcome.out, f"{name}: {outcome.out}")
    odd = run(house, "fetch", "http://127.0.0.1:1/\x1b[2Jx")
    expect_code(odd, 3)
    expect("\\x1B[2Jx: no list" in odd.out, odd.out)


def checked(house):
    """The state of each certificate below the anchor, and what hard, soft and off make of it."""
    lab = house.lab
    chain = ("--ca", lab.root)
    good = run(house, "check", woodgrove(house), *chain)
    expect_code(good, 0)
    for part in ("[0] CN=mail1.woodgrovebank.com", "[1] CN=Woodgrove Bank Issuing CA 1", "good by http://crl.example-trust.com",
                 "hard        accepted", "off         accepted"):
        expect(part in good.out, f"'{part}' is not shown in {good.out}")
    states = document(run(house, "check", woodgrove(house), *chain, "--json"))["certificates"]
    expect([each["state"] for each in states] == ["good", "good"], f"states {states}")
    cold = run(house, "check", woodgrove(house), *chain, "--crl", "cached", "--json", cache="cold")
    expect_code(cold, 3)
    expect({(each["hard"], each["soft"]) for each in document(cold)["certificates"]} == {("refused", "accepted with a warning")}, cold.out)
    expect_code(run(house, "check", woodgrove(house), *chain, "--crl", "cached", "--crl-fail", "soft", cache="cold"), 0)
    alone = run(house, "check", woodgrove(house), "--issuer", lab.path("pki", "woodgrove-ca.pem"), "--json")
    expect_code(alone, 0)
    expect(len(document(alone)["certificates"]) == 1, "more than the leaf is below its issuer")
    expect_sentence(run(house, "check", woodgrove(house), "--crl", "off"), 2, "cached or fetch")


def usage(house):
    expect_sentence(run(house, "check", woodgrove(house), "--at", "today"), 2, "--at")
    expect_code(house.run("crl"), 2)
    expect_code(house.run("crl", "cache"), 2)
    homeless = house.run("crl", "cache", "ls", wrapper=("env", "-u", "HOME", "-u", "XDG_CACHE_HOME"))
    expect_sentence(homeless, 2, "--crl-cache")
    by_default = house.run("crl", "cache", "ls", wrapper=("env", f"XDG_CACHE_HOME={house.path('xdg')}"))
    expect(f"0 lists in {house.path('xdg')}/domsec/crl" in by_default.out, by_default.out)


def kept_for_check(house):
    """check --crl-cache: what one run has fetched the next one has."""
    target = ("check", "woodgrovebank.com", "--connect", f"127.0.0.4:{house.lab.smtp_port}", "--ca", house.lab.root, "--dns",
              house.lab.dns, "--json")
    expect_code(house.run(*target, "--crl-cache", house.path("three")), 0)
    lists = [name for name in os.listdir(house.path("three")) if name.endswith(".crl")]
    expect(len(lists) == 2, f"kept {lists}")
    cached = house.run(*target, "--crl-cache", house.path("three"), "--crl", "cached")
    expect_code(cached, 0)


def cases(house):
    if not hasattr(house, "lab"):
        return
    for play in (fetched_and_kept, of_certificates, files, not_to_be_had, hostile_points, checked, usage, kept_for_check):
        yield f"crl: {play.__name__.replace('_', ' ')}", lambda p=play: p(house)
