"""ACA-Py's own test modules that touch its cache, with the original and with keylatch: each test has to end alike.

Then keylatch is run with one fault after the other (`faults.mjs`), in those of the tests that use it: each fault has to
be noticed, by them or by `test_differential.py`.
"""

import os
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

FOLDER = Path(__file__).resolve().parent
PACKAGES = sysconfig.get_path("purelib")
MODULES = [
    "cache.tests.test_in_memory_cache",
    "config.tests.test_default_context",
    "connections.tests.test_base_manager",
    "connections.tests.test_routes",
    "core.tests.test_dispatcher",
    "ledger.multiple_ledger.tests.test_indy_vdr_manager",
    "ledger.tests.test_indy_vdr",
    "messaging.models.tests.test_base_record",
    "protocols.coordinate_mediation.v1_0.tests.test_multiuse_invitation",
    "protocols.didexchange.v1_0.tests.test_manager",
    "protocols.endorse_transaction.v1_0.tests.test_manager",
    "protocols.issue_credential.v2_0.formats.anoncreds.tests.test_handler",
    "protocols.issue_credential.v2_0.formats.indy.tests.test_handler",
    "protocols.issue_credential.v2_0.formats.vc_di.tests.test_handler",
    "protocols.issue_credential.v2_0.tests.test_manager",
    "resolver.default.tests.test_legacy_peer",
    "revocation.tests.test_manager",
    "wallet.tests.test_anoncreds_upgrade",
]
SUITE = ["--pyargs", *(f"acapy_agent.{module}" for module in MODULES)]
DIFFERENTIAL = FOLDER / "test_differential.py"
KEYLATCH = ["-p", "keylatch_bridge"]


@dataclass(frozen=True)
class Test:
    """How a test ended; with keylatch, its id and how often it used the cache."""

    outcome: str
    id: str
    uses: int


Tests = dict[str, Test]


def pytest(*arguments: str, fault: str | None = None, shown: bool = False) -> Tests:
    """Runs tests, and returns what became of each. What pytest says is shown among the errors, if it is wanted."""
    environment = dict(os.environ, PYTHONPATH=str(FOLDER))
    if fault:
        environment |= {"NODE_OPTIONS": f"--import={FOLDER.joinpath('faults.mjs').as_uri()}", "KEYLATCH_FAULT": fault}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        options = ["-c", str(FOLDER / "pytest.ini"), f"--rootdir={PACKAGES}", f"--junitxml={report}"]
        command = [sys.executable, "-m", "pytest", *options, *arguments]
        run = subprocess.run(command, cwd=PACKAGES, env=environment, text=True, capture_output=True, timeout=600)
        # 1: there were failures. Anything else is no result.
        if run.returncode not in (0, 1) or not report.exists():
            raise SystemExit(f"pytest ended with {run.returncode}:\n{run.stdout}\n{run.stderr}")
        cases = list(ElementTree.parse(report).iter("testcase"))
    if shown:
        print(run.stdout, file=sys.stderr)
    tests = {f"{case.get('classname')}.{case.get('name')}": read(case) for case in cases}
    if len(tests) < len(cases):
        raise SystemExit("two tests have the same name")
    return tests


def read(case: ElementTree.Element) -> Test:
    noted = {each.get("name"): each.get("value") for each in case.iter("property")}
    outcomes = [kind for kind in ("error", "failure", "skipped") if case.find(kind) is not None]
    return Test(" and ".join(outcomes) or "passed", noted.get("id") or "", int(noted.get("uses") or 0))


def different(original: Tests, keylatch: Tests) -> list[str]:
    """The names of the tests that end otherwise with keylatch, or are missing in one of the runs."""
    ends = [{name: test.outcome for name, test in run.items()}.items() for run in (original, keylatch)]
    return sorted({name for name, _ in ends[0] ^ ends[1]})


def compare() -> tuple[Tests, Tests]:
    """Runs the suite with the original and with keylatch."""
    original, keylatch = (pytest(*plugin, *SUITE) for plugin in ([], KEYLATCH))
    # Some tests give up after a second, which a busy machine may take: only what differs again is a difference.
    ids = [keylatch[name].id for name in different(original, keylatch) if name in keylatch]
    if ids and all(ids):
        print(f"once more: {', '.join(ids)}", flush=True)
        original |= pytest(*ids)
        keylatch |= pytest(*KEYLATCH, *ids, shown=True)
    for name, run in [("the original", original), ("keylatch", keylatch)]:
        counts = Counter(test.outcome for test in run.values())
        print(f"with {name}:", ", ".join(f"{outcome} {count}" for outcome, count in counts.items()), flush=True)
    return original, keylatch


def notice(fault: str, users: list[str]) -> bool:
    """Whether tests notice a fault; says which do."""
    for name, tests in [("ACA-Py's tests", [*KEYLATCH, *users]), (DIFFERENTIAL.name, [str(DIFFERENTIAL)])]:
        ends = pytest(*tests, fault=fault)
        failed = [test for test, end in ends.items() if end.outcome != "passed"]
        if failed:
            print(f"{fault}: noticed by {len(failed)} of {name}, as by {failed[0].rsplit('.', 1)[1]}", flush=True)
            return True
    print(f"{fault}: noticed by no test", flush=True)
    return False


def main() -> int:
    original, keylatch = compare()
    differences = different(original, keylatch)
    for name in differences:
        ends = [run[name].outcome if name in run else "missing" for run in (original, keylatch)]
        print(f"{name}: {ends[0]} with the original, {ends[1]} with keylatch")
    passed, failed = len(original.keys() - differences), len(differences)
    users = [test.id for test in keylatch.values() if test.uses > 0]
    print(f"keylatch was used by {len(users)} tests, {sum(test.uses for test in keylatch.values())} times", flush=True)
    failed += not users
    if not failed:
        listed = subprocess.run(["node", "faults.mjs"], cwd=FOLDER, text=True, stdout=subprocess.PIPE, check=True)
        noticed = [notice(fault, users) for fault in listed.stdout.splitlines()]
        passed, failed = passed + sum(noticed), noticed.count(False)
    print(f"\n{passed} passed, {failed} failed; a test has to end alike with both, and a fault to be noticed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
