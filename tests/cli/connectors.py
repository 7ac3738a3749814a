#!/usr/bin/env python3
"""Several receive connectors in one `domsec serve --config`: connectors.py PROGRAM. Loopback only."""
import os
import socket
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "badinput")]

from harness import Failure, House, expect, expect_code, expect_sentence, free_port  # noqa: E402
from hostile_clients import Client  # noqa: E402

HEAD = """
[organization]
ServerFqdn = "edge1.contoso.com"
[TransportConfig]
ReceiveProtocolLogPath = "logs"
[Revocation]
Mode = "off"
"""


def connector(name, binding, *more):
    bindings = f'Bindings = ["{binding}"]\n' if binding else ""
    return f'[[ReceiveConnector]]\nName = "{name}"\nAuthMechanism = ["None"]\n{bindings}' + "".join(m + "\n" for m in more)


def quit_from(port, source):
    with Client(socket.create_connection(("127.0.0.1", port), 10, source_address=(source, 0))) as client:
        greeting = client.reply()
        if greeting.startswith(b"220"):
            client.expect(b"QUIT", b"221")
        return greeting


def two_connectors_on_one_port(house):
    port = free_port()
    config = house.write("two.toml", HEAD +
                         connector("Default", f"127.0.0.1:{port}", 'Banner = "220 default"',
                                   'RemoteIPRanges = ["127.0.0.0-127.0.0.127"]') +
                         connector("Partner", f"127.0.0.1:{port}", 'Banner = "220 partner"',
                                   'RemoteIPRanges = ["127.0.0.2"]', 'ProtocolLoggingLevel = "Verbose"'))
    process = house.start(["serve", "--config", config, "--count", "3", "-v"])
    expect(house.port_of(process) == port, "serve listens elsewhere")
    for source, said in (("127.0.0.1", b"220 default\r\n"), ("127.0.0.2", b"220 partner\r\n"),
                         ("127.0.0.200", b"421 4.3.2 Service not available\r\n")):
        greeting = quit_from(port, source)
        expect(greeting == said, f"{source} was greeted {greeting!r}")
    code, _ = house.wait(process, 10)
    expect(code == 0, f"serve ended with {code}")
    logs = [os.path.join(place, name) for place, _, names in os.walk(house.path("logs")) for name in names]
    expect(len(logs) == 1, f"the logs are {logs}")
    with open(logs[0], encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("#")]
    expect(lines and all(",edge1.contoso.com\\Partner," in line for line in lines), f"the log has {lines}")
    told = house.read(process, "err")
    for name in ("Default", "Partner"):
        expect(f"\\domsec(edge1.contoso.com\\{name})\\Sessions Received 1\n" in told, f"no counter of {name}: {told}")


def bad_input(house):
    binding = "127.0.0.1:2525"
    rows = [
        ("the same clients", connector("A", binding) + connector("B", binding),
         (":15:", "ReceiveConnector B", "127.0.0.1:2525 for all clients is also bound by A", "RC-6")),
        ("overlapping ranges", connector("A", binding, 'RemoteIPRanges = ["10.0.0.1-10.0.0.9"]') +
         connector("B", binding, 'RemoteIPRanges = ["10.0.0.5-10.0.0.20"]'),
         ("ReceiveConnector B", "overlaps 10.0.0.1-10.0.0.9 of A", "neither contains the other", "RC-6")),
        ("no Bindings", connector("A", binding) + connector("B", ""),
         ("ReceiveConnector B has no Bindings", "Enabled = false")),
        ("none enabled", connector("A", binding, "Enabled = false"), ("no receive connector is enabled",)),
        ("a range that is none", connector("A", binding, 'RemoteIPRanges = ["10.0.0.9-10.0.0.1"]'),
         ("10.0.0.9-10.0.0.1", "a range")),
    ]
    for name, connectors, parts in rows:
        config = house.write("bad.toml", HEAD + connectors)
        try:
            expect_sentence(house.run("serve", "--config", config), 2, *parts)
        except Failure as failure:
            raise Failure(f"{name}: {failure}") from None
    lint = house.run("policy", "lint", "--config", house.write("lint.toml", HEAD + rows[1][1]))
    expect_code(lint, 2)
    expect("RC-6" in lint.out and "overlaps" in lint.out, f"lint says {lint.out}")


def main():
    house = House(os.path.abspath(sys.argv[1]))
    failed = 0
    try:
        for case in (two_connectors_on_one_port, bad_input):
            try:
                case(house)
                print(f"ok    {case.__name__}", flush=True)
            except (Failure, OSError) as failure:
                failed += 1
                print(f"FAIL  {case.__name__}: {failure}", flush=True)
    finally:
        house.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
