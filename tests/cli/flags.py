#!/usr/bin/env python3
"""What each flag changes, seen over real sockets by the built program's peer: flags.py PROGRAM [WORD...] (only cases whose
name holds a WORD). Loopback only; the servers and the certificates are those of tests/badinput."""
import concurrent.futures
import os
import ssl
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "badinput")]

import cert_flags  # noqa: E402
import crl_flags  # noqa: E402
import environment_flags  # noqa: E402
import identity_flags  # noqa: E402
import issuer_flags  # noqa: E402
import name_flags  # noqa: E402
import outcome_flags  # noqa: E402
import plaintext_flag  # noqa: E402
import proxy_flags  # noqa: E402
import staple_flag  # noqa: E402
from harness import Failure, House, make_certificates  # noqa: E402

MODULES = (cert_flags, crl_flags, environment_flags, identity_flags, issuer_flags, name_flags, outcome_flags, plaintext_flag,
           proxy_flags, staple_flag)


def attempt(case):
    name, run = case
    try:
        run()
        return name, ""
    except Failure as failure:
        return name, str(failure) or "failed"
    except (OSError, ssl.SSLError, LookupError, ValueError) as error:
        return name, f"{type(error).__name__}: {error}"


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: flags.py PROGRAM [WORD...]")
    house = House(os.path.abspath(sys.argv[1]))
    passed, failed = 0, 0
    try:
        make_certificates(house)
        for module in MODULES:
            module.prepare(house)
        cases = [case for module in MODULES for case in module.cases(house)]
        cases = [case for case in cases if not sys.argv[2:] or any(word in case[0] for word in sys.argv[2:])]
        with concurrent.futures.ThreadPoolExecutor(4) as workers:
            for name, why in workers.map(attempt, cases):
                failed += bool(why)
                passed += not why
                print(f"{'FAIL' if why else 'ok':4}  {name}{': ' + why if why else ''}", flush=True)
    finally:
        house.close()
    print(f"{passed} passed, {failed} failed")
    sys.stdout.flush()
    os._exit(1 if failed or not passed else 0)  # threads of peers are not waited for


if __name__ == "__main__":
    main()
