"""A lab of its own for the cases that need a name server, mail servers and revocation lists."""
import os
import re
import time

from harness import Failure, expect_code, one_line


class Lab:
    def __init__(self, house):
        self.house = house
        self.state = house.path("lab")
        self.process = house.start(["lab", "up", "--state", self.state, "--smtp-port", "0", "--dns-port", "0", "--http-port", "0"])
        end = time.monotonic() + 30
        found = None
        while not found:
            if time.monotonic() > end:
                raise Failure(f"the lab is not up: {one_line(house.read(self.process, 'err'))}")
            time.sleep(0.05)
            found = re.search(r"DNS (\S+), CRLs (\S+), SMTP port (\d+)\n(?:.*\n)*\n?try", house.read(self.process, "out"))
        self.dns, self.crls, self.smtp_port = found.group(1), found.group(2), found.group(3)

    def path(self, *parts):
        return os.path.join(self.state, *parts)

    @property
    def root(self):
        return self.path("pki", "example-trust.pem")

    def leaf(self, organisation, host):
        return self.path(organisation, host, "certificate.pem")

    def breaks(self, where, fault):
        expect_code(self.house.run("lab", "break", where, fault, "--state", self.state), 0)
