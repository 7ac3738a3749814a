#!/usr/bin/env python3
"""200 times SIGKILL for `domsec send --queue` and `domsec queue run`, at random moments and at random steps of the dialogue, two
processes at a time on one store, against a real `domsec serve`. What was acknowledged arrives, nothing is lost, a message comes
twice only where the store says that it may have, and the store is whole: queue_kills.py PROGRAM [KILLS [SEED]]"""
import collections
import json
import os
import random
import re
import select
import socket
import sqlite3
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "badinput")]

from harness import Failure, House, expect, make_certificates  # noqa: E402

WORKERS = 2
MOST_RUNS = 8  # for each kill that is wanted: a process may end before its moment


class Relay(threading.Thread):
    """Stands between the process and the server, and kills the process at its n-th piece of the dialogue: before or after that
    piece goes on."""

    def __init__(self, port, step, before):
        super().__init__(daemon=True)
        self.server, self.step, self.before = port, step, before
        self.process, self.seen, self.killed = None, 0, False
        self.started, self.done = threading.Event(), threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.02)
        self.port = self.listener.getsockname()[1]

    def run(self):
        self.started.wait()
        while not self.done.is_set():
            try:
                client, _ = self.listener.accept()
            except TimeoutError:
                continue
            with client, socket.create_connection(("127.0.0.1", self.server)) as server:
                self.relay(client, server)
        self.listener.close()

    def relay(self, client, server):
        other = {client: server, server: client}
        while other:
            ready, _, _ = select.select(list(other), [], [], 5)
            if not ready:
                return
            for end in ready:
                if not self.forward(end, client if end is server else server):
                    return

    def forward(self, come_from, go_to):
        try:
            piece = come_from.recv(65536)
            if not piece:
                return False
            if self.killed:  # what was on its way arrives all the same
                go_to.sendall(piece)
                return True
            hit = self.seen == self.step
            self.seen += 1
            if hit and self.before:
                self.kill()
            go_to.sendall(piece)
            if hit and not self.before:
                self.kill()
        except OSError:
            return False
        return True

    def kill(self):
        self.killed = True
        self.process.kill()


class Run:
    """One process, killed at its moment or ended before."""

    def __init__(self, house, port, random_source, arguments, steps, seconds):
        by_step = random_source.random() < 0.5
        self.relay = Relay(port, random_source.randrange(steps), random_source.random() < 0.5) if by_step else None
        at = self.relay.port if by_step else port
        process = subprocess.Popen(
            [house.program, *arguments, "--connect", f"127.0.0.1:{at}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=house.environment)
        if by_step:
            self.relay.process = process
            self.relay.started.set()
            self.relay.start()
        delay = None if by_step else random_source.uniform(0, seconds)
        try:
            self.out, self.err = process.communicate(timeout=delay if delay is not None else 30)
        except subprocess.TimeoutExpired:
            process.kill()
            self.out, self.err = process.communicate()
        if by_step:
            self.relay.done.set()
            self.relay.join(10)
        self.killed = process.returncode == -9
        self.code = process.returncode


class Kills:
    def __init__(self, house, wanted, seed):
        self.house, self.wanted, self.seed = house, wanted, seed
        self.lock = threading.Lock()
        self.acknowledged, self.killed, self.runs, self.codes = {}, collections.Counter(), 0, collections.Counter()
        self.trouble = []
        make_certificates(house)
        self.store = house.path("store.db")
        self.spool = house.path("mail")
        self.server = house.start(["serve", "--listen", "127.0.0.1:0", "--spool", self.spool, "--crl", "off", "--cert",
                                   house.path("theirs.pem"), "--key", house.path("theirs.key"), "--ca", house.path("ca.pem"),
                                   "--domain-secure", "contoso.com", "-q"])
        self.port = house.port_of(self.server)
        self.way = ["--store", self.store, "--cert", house.path("ours.pem"), "--key", house.path("ours.key"), "--ca",
                    house.path("ca.pem"), "--crl", "off", "--helo", "mail.contoso.com"]
        self.typical = self.measure()

    def send(self):
        return ["send", "--queue", *self.way, "--from", "alice@contoso.com", "--to", "bob@woodgrovebank.com"]

    def measure(self):
        began = time.monotonic()
        outcome = self.house.run(*self.send(), "--connect", f"127.0.0.1:{self.port}")
        expect(outcome.code == 0, f"an undisturbed send ends with {outcome.code}: {outcome.err} {outcome.out}")
        self.note(outcome.out)
        return time.monotonic() - began

    def note(self, out):
        for number, message_id in re.findall(r"^(\d+)  woodgrovebank\.com  queued  (<\S+>)$", out, re.M):
            with self.lock:
                self.acknowledged[int(number)] = message_id

    def work(self, worker):
        source = random.Random(f"{self.seed} {worker}")
        while True:
            with self.lock:
                if sum(self.killed.values()) >= self.wanted or self.runs >= MOST_RUNS * self.wanted or self.trouble:
                    return
                self.runs += 1
            sending = source.random() < 0.6
            arguments = self.send() if sending else ["queue", "run", "--once", "--now", *self.way]
            run = Run(self.house, self.port, source, arguments, 20 if sending else 40,
                      1.2 * self.typical if sending else 2 * self.typical)
            self.note(run.out)
            with self.lock:
                if run.killed:
                    self.killed["send" if sending else "run", "step" if run.relay else "time"] += 1
                elif run.code != 0 and not (sending and run.code == 3):
                    self.trouble.append(f"{arguments[:3]} ended with {run.code}: {run.out}{run.err}")

    def finish(self):
        outcome = self.house.run("queue", "run", "--until-empty", "--now", *self.way, "--connect", f"127.0.0.1:{self.port}", limit=60)
        expect(outcome.code == 0, f"queue run --until-empty ends with {outcome.code}: {outcome.err} {outcome.out}")
        time.sleep(0.3)  # a session whose client was killed may still keep its message
        self.server.terminate()
        self.server.wait(10)

    def arrived(self):
        copies = collections.Counter()
        for name in os.listdir(self.spool):
            if name.endswith(".eml"):
                with open(os.path.join(self.spool, name), encoding="utf-8") as file:
                    copies[re.search(r"^Message-ID: (<\S+>)\r?$", file.read(), re.M).group(1)] += 1
        return copies

    def check(self):
        copies = self.arrived()
        listed = json.loads(self.house.run("queue", "ls", "--all", "--json", "--store", self.store).out)
        messages = {message["id"]: message for message in listed["messages"]}
        expect(not listed["queues"], f"a queue is left: {listed['queues']}")
        for number, message_id in self.acknowledged.items():
            expect(number in messages and messages[number]["message_id"] == message_id, f"{number} {message_id} is not in the store")
            expect(copies[message_id] > 0, f"{number} {message_id} was acknowledged and did not arrive")
        ambiguous = twice = 0
        for number, message in messages.items():
            expect(message["state"] == "delivered", f"{number} is {message['state']}")
            shown = json.loads(self.house.run("queue", "show", str(number), "--json", "--store", self.store).out)
            doubtful = sum(attempt["ambiguous"] for attempt in shown["attempts"])
            count = copies.pop(message["message_id"], 0)
            expect(1 <= count <= 1 + doubtful, f"{number} came {count} times, and {doubtful} attempts say that they may have delivered it")
            ambiguous += doubtful
            twice += count > 1
        expect(not copies, f"messages arrived that are not in the store: {copies}")
        self.check_store()
        return len(messages), ambiguous, twice

    def check_store(self):
        with sqlite3.connect(self.store) as database:
            expect(database.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the store is damaged")
            expect(database.execute("PRAGMA foreign_key_check").fetchall() == [], "a foreign key is broken")
            for what, question in (("attempts are open", "SELECT count(*) FROM attempts WHERE ended IS NULL"),
                                   ("contents are left", "SELECT count(*) FROM messages WHERE content IS NOT NULL"),
                                   ("recipients wait", "SELECT count(*) FROM recipients WHERE state <> 'delivered'")):
                expect(database.execute(question).fetchone() == (0,), what)


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: queue_kills.py PROGRAM [KILLS [SEED]]")
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    seed = sys.argv[3] if len(sys.argv) > 3 else str(random.randrange(10**9))
    print(f"seed {seed}", flush=True)
    house = House(os.path.abspath(sys.argv[1]))
    began = time.monotonic()
    try:
        kills = Kills(house, wanted, seed)
        workers = [threading.Thread(target=kills.work, args=(worker,)) for worker in range(WORKERS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        expect(not kills.trouble, "; ".join(kills.trouble))
        killed = sum(kills.killed.values())
        expect(killed >= wanted, f"only {killed} kills in {kills.runs} runs")
        kills.finish()
        messages, ambiguous, twice = kills.check()
        expect(wanted < 100 or ambiguous > 0, "no kill hit the moment of the final dot: the test shows nothing")
        print(f"{killed} kills in {kills.runs} runs, {time.monotonic() - began:.0f} s: "
              + ", ".join(f"{count} of {what} by {how}" for (what, how), count in sorted(kills.killed.items())))
        print(f"{messages} messages stored, {len(kills.acknowledged)} acknowledged, none lost; {ambiguous} ambiguous attempts, "
              f"{twice} messages came more than once, each of them reported")
    except Failure as failure:
        print(f"FAIL {failure}")
        house.close()
        sys.stdout.flush()
        os._exit(1)
    house.close()


main()
