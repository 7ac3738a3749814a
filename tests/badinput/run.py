#!/usr/bin/env python3
"""Bad input of every kind against the built program: run.py PROGRAM PART [WORD...] (only cases whose name holds a WORD).
PART is `sessions` or `verification`.

Held for each case: one clear sentence or a report, the documented exit code (never 4), bounded memory and time, and nothing
lost that was acknowledged. Loopback only."""
import concurrent.futures
import os
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns_answers  # noqa: E402
import hostile_clients  # noqa: E402
import hostile_servers  # noqa: E402
import operator_input  # noqa: E402
import verification  # noqa: E402
from harness import MIB, Failure, House, Skipped, make_certificates  # noqa: E402

PARTS = {"sessions": (hostile_clients, hostile_servers, dns_answers, operator_input), "verification": (verification,)}
WORKERS = 6
WHOLE_RUN = 600  # seconds; then everything is ended. A sanitized program takes most of it on a busy machine


def attempt(case):
    name, run = case
    began = time.monotonic()
    try:
        run()
        result, why = "ok", ""
    except Skipped as reason:
        result, why = "skip", str(reason)
    except Failure as failure:
        result, why = "FAIL", str(failure)
    except Exception as error:  # a fault of the test itself fails its case, not the run
        result, why = "FAIL", f"{type(error).__name__}: {error}"
    return name, result, why, time.monotonic() - began


def give_up(house):
    print(f"the run did not end within {WHOLE_RUN} s", flush=True)
    house.close()
    os._exit(1)


def main():
    if len(sys.argv) < 3 or sys.argv[2] not in PARTS:
        sys.exit("usage: run.py PROGRAM sessions|verification [WORD...]")
    began = time.monotonic()
    house = House(os.path.abspath(sys.argv[1]))
    watch = threading.Timer(WHOLE_RUN, give_up, (house,))
    watch.daemon = True
    watch.start()
    counts = {"ok": 0, "FAIL": 0, "skip": 0}
    try:
        make_certificates(house)
        words = sys.argv[3:]
        cases = [case for module in PARTS[sys.argv[2]] for case in module.cases(house)]
        cases = [case for case in cases if not words or any(word in case[0] for word in words)]
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
            for name, result, why, seconds in workers.map(attempt, cases):
                counts[result] += 1
                print(f"{result:4}  {seconds:5.1f} s  {name}{': ' + why if why else ''}", flush=True)
    finally:
        house.close()
    for line in house.slow:
        print(f"slow: {line}")
    print(f"peak of memory {house.peak // MIB} MiB, {time.monotonic() - began:.0f} s")
    print(f"{counts['ok']} passed, {counts['FAIL']} failed, {counts['skip']} skipped")
    os_code = 1 if counts["FAIL"] or not counts["ok"] else 0
    sys.stdout.flush()
    os._exit(os_code)  # threads of hostile peers are not waited for


if __name__ == "__main__":
    main()
