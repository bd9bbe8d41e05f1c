"""Judge the protocol by an independent conformance runner, the published schemas and the SDK's models.

    python judge.py --shared FOLDER [--work FOLDER]

`FOLDER/protocols` holds the published schemas. The shop of `tests/judge_shop.py` is served on loopback by
plain HTTP and by TLS 1.3, for each protocol version; the last line tells the counts of the TLS runs. Exit
status 1 when a check deviates, a count falls below its floor, or an answer breaks a schema.
"""

import argparse
import asyncio
import datetime as dt
import ipaddress
import json
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

sys.path.insert(0, str(Path(__file__).parent / "tests"))

from judge_schemas import Schemas, check_answers, documents_of
from judge_shop import GOLD, STUDENT, Keys, Shop, build_shop

VERSIONS = ("2026-04-08", "2026-08-25")
SDKS = {"2026-04-08": "0.4.6", "2026-08-25": "0.5.0"}
FLOORS = {
    ("2026-04-08", "http"): 122,
    ("2026-04-08", "tls"): 126,
    ("2026-08-25", "http"): 30,
    ("2026-08-25", "tls"): 30,
    ("2026-08-25", "http, type omitted"): 30,
}


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert_file, key_file


def _only_tls_1_3(_config: uvicorn.Config, make: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    context = make()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


@contextmanager
def served(app: Any, port: int, tls: tuple[Path, Path] | None) -> Iterator[None]:
    """Serve the application on loopback while the block runs; with `tls` by TLS 1.3 and nothing older."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        lifespan="on",
        ssl_certfile=str(tls[0]) if tls else None,
        ssl_keyfile=str(tls[1]) if tls else None,
        ssl_context_factory=_only_tls_1_3 if tls else None,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 15
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.05)
        if not server.started:
            raise SystemExit("the shop did not start")
        yield
    finally:
        server.should_exit = True
        thread.join(15)


def instruments(token: str, handler_id: str = "spck_tokenpay") -> dict[str, object]:
    """A complete body that pays with a token."""
    return {
        "payment": {
            "instruments": [
                {
                    "id": "instr_1",
                    "handler_id": handler_id,
                    "type": "card",
                    "display": {"brand": "Visa", "last_digits": "1234"},
                    "credential": {"type": "token", "token": token},
                    "billing_address": {
                        "street_address": "1 Main St", "address_locality": "Springfield",
                        "address_region": "IL", "address_country": "US", "postal_code": "62701",
                    },
                }
            ]
        },
        "risk_signals": {},
    }  # fmt: skip


def private_jwk(key: Any) -> dict[str, str]:
    """A private key as the runner wants it, to sign requests with."""
    import base64

    loaded = serialization.load_pem_private_key(key.to_pem().encode(), password=None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    scalar = loaded.private_numbers().private_value.to_bytes(32, "big")
    return {**key.jwk(), "d": base64.urlsafe_b64encode(scalar).rstrip(b"=").decode()}


def runner_config(version: str, base_url: str, plain_url: str, keys: Keys) -> dict[str, object]:
    """What the shop sells and does, in the runner's words."""
    return {
        "product_id": "ROSES",
        "currency": "USD",
        "out_of_stock_id": "ORCHID",
        "unavailable": {"business_outcome": True},
        "fulfillment_option_id": "economy",
        "complete_payment": instruments("success_token"),
        "fail_payment": instruments("fail_token"),
        "discount": {
            "valid_code": "SAVE10",
            "second_valid_code": "WELCOME5",
            "invalid_code": "NOT_A_REAL_CODE",
            "case_insensitive": True,
            "rejected_messages": True,
            "item": {"code": "TULIP20", "product_id": "TULIPS", "quantity": 2},
            "automatic": {"product_id": "POT", "quantity": 3},
        },
        "cart": {"second_product_id": "POT"},
        "order": {"simulate_adjustment": True, "second_product_id": "POT", "require_auth": True},
        "identity": {"token_mint": True},
        "payment": {
            "handler_key": "dev.spck.tokenpay",
            "handler_id": "spck_tokenpay",
            "escalation_payment": instruments("3ds_token"),
            "filtered": {"handler_key": "dev.spck.giftpay", "product_id": "VOUCHER"},
        },
        "eligibility": {
            "verifiable": GOLD,
            "unverifiable": STUDENT,
            "unrecognized": "com.example.other",
        },
        "totals": {"sublines": True},
        "discovery": {"supported_versions": True},
        "negotiation": {
            "validates_profile_url": True,
            "harness": True,
            "unsupported_version_profile_url": f"{plain_url}/testing/profiles/future",
            "incompatible_caps_profile_url": f"{plain_url}/testing/profiles/other",
            "unreachable_profile_url": "http://127.0.0.1:9/profile",
            "malformed_profile_url": f"{plain_url}/testing/profiles/malformed",
        },
        "signature": {
            "responses": True,
            "request_private_jwk": private_jwk(keys.platform),
            "rotated_private_jwk": private_jwk(keys.former),
            "unsupported_alg_kid": "agent-ed25519",
        },
        "idempotency": {"age_hook": True, "outage_hook": True},
        "webhooks": {"simulate": True, "signed": True, "retries": True, "wait_seconds": 8},
    }


def run_one(version: str, transport: str, work: Path, shared: Path) -> tuple[dict[str, Any], list[str]]:
    """One run of the runner against a fresh shop; its report, and what our own checks found."""
    folder = work / f"{version}-{transport.replace(', ', '-').replace(' ', '-')}"
    folder.mkdir(parents=True)
    tls = certificate(folder)
    plain, secure = free_port(), free_port()
    plain_url, secure_url = f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}"
    is_plain = transport != "tls"
    base_url = plain_url if is_plain else secure_url
    keys = Keys.generate()
    shop: Shop = build_shop(
        folder,
        base_url=base_url,
        page_url=f"{secure_url}/checkout/{{checkout_id}}",
        version=version,  # type: ignore[arg-type]
        keys=keys,
    )
    config = folder / "config.json"
    config.write_text(json.dumps(runner_config(version, base_url, plain_url, keys), indent=1))
    command = [runner(), "--server", base_url, "--config", str(config), "--json"]
    if transport == "tls":
        command.append("--insecure")
    if transport.endswith("omitted"):
        command.append("--omit-destination-type")
    # One shop behind two listeners: the runner's test profiles are served plainly in either run.
    main = served(shop.app, plain if is_plain else secure, None if is_plain else tls)
    helper = served(Helper(shop.app), secure if is_plain else plain, tls if is_plain else None)
    with main, helper:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode not in (0, 2) or not done.stdout.startswith("{"):
        raise SystemExit(f"the runner failed with status {done.returncode}:\n{done.stdout}\n{done.stderr}")
    report: dict[str, Any] = json.loads(done.stdout)
    (folder / "report.json").write_text(done.stdout)
    report["exit"] = done.returncode
    found = check_answers(Schemas(shared, version), shop.answers, shop.webhooks)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(found.valid.items()))
    print(f"  schema-valid documents: {told}; faults: {len(found.faults)}")
    documents = folder / "documents.json"
    documents.write_text(json.dumps(documents_of(shop.answers, shop.webhooks)))
    models = check_models(documents, sdk_python(version, work))
    accepted, wrong = models["accepted"], models["faults"]
    print(f"  accepted by models of ucp-sdk {SDKS[version]}: {accepted}; faults: {len(wrong)}")
    return report, [*found.faults, *wrong]


def sdk_python(version: str, work: Path) -> Path:
    """An interpreter of its own with the SDK of this version; two of them cannot be installed together."""
    home = work / f"sdk-{SDKS[version]}"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        wanted = f"ucp-sdk=={SDKS[version]}"
        subprocess.run([python, "-m", "pip", "install", "--quiet", wanted], check=True)
    return python


def check_models(documents: Path, python: Path) -> dict[str, Any]:
    """What the SDK's models say about the documents."""
    script = Path(__file__).parent / "tests" / "judge_models.py"
    done = subprocess.run([python, script, documents], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the models could not be asked:\n{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


class Helper:
    """The same application behind a second listener, without a lifespan of its own."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": f"{message['type']}.complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        await self.app(scope, receive, send)


def runner() -> str:
    """The runner's command, next to this interpreter or on the path."""
    beside = Path(sys.executable).with_name("spck-conformance")
    found = str(beside) if beside.exists() else shutil.which("spck-conformance")
    if not found:
        raise SystemExit("the conformance runner is missing; run: pip install spck-conformance==0.4.0")
    return found


def summary(report: dict[str, Any]) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Counts by outcome, and the names of every check that did not simply pass."""
    counts = {"passed": 0, "deviated": 0, "not_tested": 0, "not_applicable": 0, "inconclusive": 0}
    names: dict[str, list[str]] = {}
    for check in report["checks"]:
        status = str(check["status"])
        kind = (
            "passed"
            if status == "clean-pass" and check["kill_safe"]
            else "deviated"
            if status == "deviation"
            else "not_applicable"
            if status.startswith("not-applicable")
            else "not_tested"
            if status.startswith("not-tested")
            else "inconclusive"
        )
        counts[kind] += 1
        if kind != "passed":
            names.setdefault(f"{kind}: {reason(check, report)}", []).append(check["id"])
    return counts, names


def reason(check: dict[str, Any], report: dict[str, Any]) -> str:
    """Why a check did not run, in words."""
    status = str(check["status"])
    if "out of scope" in status:
        return f"the check is not of version {report['spec_version']}"
    if status.startswith("not-applicable (no "):
        return f"transport not declared ({status.partition('(')[2].rstrip(')')})"
    if status == "not-applicable":
        return f"capability not declared ({check['capability']})"
    if status == "not-tested (oracle unavailable)":
        oracle = "the runner's profile validator is not in its wheel; the profile is validated by this script"
        return oracle if check["id"] == "discovery.profile_schema" else "only over TLS"
    return status


def main() -> int:
    """Run both versions over both transports and tell the outcome."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--version", choices=VERSIONS)
    parser.add_argument("--transport", choices=("http", "tls"))
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp(prefix="ucp-judge-"))
    failures: list[str] = []
    last: dict[str, str] = {}
    for (version, transport), floor in FLOORS.items():
        if options.version in (None, version) and options.transport in (None, transport.partition(",")[0]):
            print(f"== {version} over {transport}")
            report, faults = run_one(version, transport, work, options.shared)
            counts, names = summary(report)
            failures += [f"{version} {transport}: {fault}" for fault in faults]
            if report["exit"] or counts["deviated"] or counts["inconclusive"]:
                failures.append(f"{version} {transport}: deviations or inconclusive checks")
            if counts["passed"] < floor:
                failures.append(f"{version} {transport}: {counts['passed']} < {floor}")
            musts = report["verdict"]["musts_passed"]
            print(f"  {counts}, musts {musts} of {report['verdict']['applicable_musts']}")
            for why, checks in sorted(names.items()):
                print(f"  {why}: {', '.join(checks)}")
            for check in report["checks"]:
                if check["status"] == "deviation":
                    print(f"  DEVIATES {check['id']}: {json.dumps(check['observed'])[:600]}")
            if transport == "tls" or version not in last:
                last[version] = (
                    f"{version}: passed {counts['passed']} deviated {counts['deviated']} "
                    f"not_tested {counts['not_tested']} musts {musts}"
                )
    for failure in failures:
        print("FAILED", failure)
    print("ucp " + "; ".join(last.values()))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
