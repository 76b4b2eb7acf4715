"""`python -m agent.sim`: one simulated device until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from agent.sim.catalogue import CATALOGUE
from agent.sim.certificate import make_certificate
from agent.sim.configurator import MODES, WriteOptions
from agent.sim.simulator import Simulator
from agent.sim.spec import GENERATIONS, SimSpec

_USER = "info"
_PASSWORD_VARIABLE = "LANTIME_SIM_PASSWORD"  # noqa: S105 - the name of a variable
_DEFAULT_PASSWORD = "info-secret"  # noqa: S105 - of a simulated device


def main() -> None:
    """Run a simulated device as the command line asks for."""
    options = _parser().parse_args()
    try:
        _run(options)
    except OSError as problem:
        sys.exit(f"agent.sim: {problem}")


def _run(options: argparse.Namespace) -> None:
    spec = SimSpec(
        generation=options.generation,
        hps_cards=options.hps_cards,
        instances=options.instances,
        clients=options.clients,
        seed=options.seed,
        hostname=options.hostname,
    )
    password = os.environ.get(_PASSWORD_VARIABLE, _DEFAULT_PASSWORD)
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(Path(folder)) if options.tls else None
        tls = certificate.server_context() if certificate else None
        writes = WriteOptions(mode=options.writes, apply_after_s=options.apply_after)
        with Simulator(
            spec, _USER, password, port=options.port, tls=tls, writes=writes, control_port=options.control_port
        ) as simulator:
            simulator.latency = options.latency
            print(f"simulated {spec.release.model}, REST API generation {spec.generation}")
            if certificate:
                print(f"certificate, SHA-256: {certificate.fingerprint}")
            print(_instructions(simulator), flush=True)
            _wait_for_signal()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agent.sim", description="Simulate a LANTIME REST API.")
    parser.add_argument("--port", type=int, default=8080, help="TCP port on 127.0.0.1 (0: any)")
    parser.add_argument("--generation", type=int, default=10, choices=GENERATIONS, help="REST API version")
    parser.add_argument("--hps-cards", type=int, default=2, help="number of HPS100 cards, 0-10")
    parser.add_argument("--instances", type=int, default=2, help="PTP instances per HPS100, 0-4")
    parser.add_argument("--clients", type=int, default=3, help="unicast clients per PTP master, 0-2048")
    parser.add_argument("--seed", type=int, default=1, help="another number, another device")
    parser.add_argument("--hostname", default=SimSpec.hostname, help="its own host name")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--writes", default="merge", choices=MODES, help="how POSTs of configuration are taken")
    parser.add_argument("--apply-after", type=float, metavar="SECONDS", help="staged changes apply themselves")
    parser.add_argument("--control-port", type=int, help="second port, for /_sim/ alone (0: any)")
    parser.add_argument("--tls", action="store_true", help="serve HTTPS with a self-signed certificate")
    return parser


def _instructions(simulator: Simulator) -> str:
    url, control = simulator.url, simulator.control_url
    return "\n".join(
        [
            f"url:      {url}/api/status",
            f"user:     {_USER} (password {_DEFAULT_PASSWORD}, or what {_PASSWORD_VARIABLE} says)",
            f"faults:   {', '.join(CATALOGUE)}",
            f"list:     curl {control}/",
            f"set:      curl -X PUT {control}/faults/hang -d '{{\"times\": 3}}'",
            f"clear:    curl -X DELETE {control}/faults/hang",
            f'write:    curl -u {_USER}:... {url}/api/configuration/system -d \'{{"location": "Rack 9"}}\'',
            f"writes:   curl {control}/writes",
            "Ctrl-C ends it.",
        ]
    )


def _wait_for_signal() -> None:
    """Wait for Ctrl-C or a termination signal."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()


if __name__ == "__main__":
    main()
