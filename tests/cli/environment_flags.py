"""Variables in the place of flags: those of the subcommand that runs, and no other's."""
import json

from harness import expect, expect_code, expect_sentence

# A value that each of these flags refuses, wherever it is read.
NONSENSE = ("DOMSEC_AT=never", "DOMSEC_DIRECTION=sideways", "DOMSEC_PARTNER_PROFILE=nobody", "DOMSEC_PARTNER_NAME_MATCH=never",
            "DOMSEC_FAIL_ON=nothing", "DOMSEC_ROLE=nobody")


def prepare(house):
    house.write("environment.toml", "[organization]\nName = \"Contoso\"\nServerFqdn = \"mail.contoso.com\"\n"
                "AcceptedDomains = [\"contoso.com\"]\n[[Certificate]]\n"
                f"CertificateFile = \"{house.path('ours.pem')}\"\nKeyFile = \"{house.path('ours.key')}\"\n"
                "[[SendConnector]]\nName = \"Internet\"\nAddressSpaces = [\"*\"]\nDomainSecureEnabled = true\n"
                "DNSRoutingEnabled = true\n[[ReceiveConnector]]\nName = \"Default\"\nBindings = [\"127.0.0.1:2525\"]\n")


def run(house, variables, *arguments):
    return house.run(*arguments, wrapper=("env", *variables), limit=10)


def of_another_subcommand(house):
    """What one subcommand would refuse breaks no other one."""
    for words in (("explain", "DS110"), ("completion", "bash"), ("policy", "show", "--config", house.path("environment.toml")),
                  ("check", "--help"), ("cert", "--help"), ("crl", "show", house.path("none.crl")),
                  ("store", "check", "--store", house.path("none.db"))):
        outcome = run(house, NONSENSE, *words)
        expect(outcome.code == house.run(*words, limit=10).code, f"{words}: {outcome.code}: {outcome.err}")
        expect("never" not in outcome.err and "nobody" not in outcome.err, f"{words}: {outcome.err}")


def of_this_subcommand(house):
    config = f"DOMSEC_CONFIG={house.path('environment.toml')}"
    expect_sentence(run(house, (config, "DOMSEC_AT=never"), "cert", "select"), 2, "--at", "never")
    expect_sentence(run(house, (config, "DOMSEC_DIRECTION=sideways"), "cert", "select"), 2, "--direction", "sideways")
    expect_sentence(run(house, (config, "DOMSEC_AT=never"), "cert", "lint"), 2, "--at", "never")
    expect_sentence(run(house, (config, "DOMSEC_FAIL_ON=nothing"), "cert", "lint"), 2, "--fail-on", "nothing")
    rotate = ("cert", "rotate", "--rehearse", "--partner", "woodgrovebank.com", "--tomorrow", house.path("ours.pem"))
    expect_sentence(run(house, ("DOMSEC_PARTNER_PROFILE=nobody",), *rotate), 2, "--partner-profile", "nobody")


def cert_select(house):
    config = f"DOMSEC_CONFIG={house.path('environment.toml')}"
    both = run(house, (config, "DOMSEC_JSON=1"), "cert", "select")
    one = run(house, (config, "DOMSEC_JSON=1", "DOMSEC_DIRECTION=receive"), "cert", "select")
    given = run(house, (config, "DOMSEC_JSON=1", "DOMSEC_DIRECTION=receive"), "cert", "select", "--direction", "send")
    names = [[each["connector"] for each in json.loads(outcome.out)["connectors"]] for outcome in (both, one, given)]
    expect(names == [["Internet", "Default"], ["Default"], ["Internet"]], f"the connectors are {names}")


def cert_match(house):
    """A variable is as good as the flag that is required."""
    flags = ("--cert", house.path("ours.pem"), "--ca", house.path("ca.pem"), "--profile", "exim", "--role", "client", "--json")
    variables = (f"DOMSEC_CERT={house.path('ours.pem')}", f"DOMSEC_CA={house.path('ca.pem')}", "DOMSEC_PROFILE=exim",
                 "DOMSEC_ROLE=client", "DOMSEC_JSON=1")
    at = "2026-12-01T00:00:00Z"
    by_flags = house.run("cert", "match", *flags, "--at", at, limit=10)
    by_variables = run(house, (*variables, f"DOMSEC_AT={at}"), "cert", "match")
    expect_code(by_flags, 0, 1)
    expect(by_flags.out == by_variables.out, f"{by_flags.out} {by_flags.err} is not {by_variables.out} {by_variables.err}")
    expect_code(house.run("cert", "match", limit=10), 2)


def acts_take_no_orders(house):
    """What is changed for good is said on the command line: DOMSEC_KEY is the key file of check."""
    store = house.path("environment.db")
    outcome = run(house, ("DOMSEC_KEY=/etc/ssl/mail.key", "DOMSEC_NAME=-", "DOMSEC_OUT=/nonexistent/file"), "cert", "request", "--store", store)
    expect_code(outcome, 0)
    expect("BEGIN NEW CERTIFICATE REQUEST" in outcome.out or "BEGIN CERTIFICATE REQUEST" in outcome.out, outcome.out)


def cases(house):
    for play in (of_another_subcommand, of_this_subcommand, cert_select, cert_match, acts_take_no_orders):
        yield f"variables: {play.__name__.replace('_', ' ')}", lambda p=play: p(house)
