"""`send`: give the running agent a message, and see what becomes of it."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from agent.cli.options import config_option
from agent.config import load_settings
from agent.errors import HostError, UsageError
from agent.service.handlers import HANDLERS, HandlerSpec
from agent.web.sender import ENDED, Sender

FAILED, NOT_ENDED = 1, 75


def _types() -> str:
    return "\n".join(f"  {spec.type}: {spec.description}" for spec in HANDLERS.values() if not spec.internal)


@click.command(epilog="\b\nMessage types:\n" + _types())
@config_option
@click.argument("message_type", metavar="[TYPE]", required=False)
@click.argument("pairs", metavar="[KEY=VALUE]...", nargs=-1)
@click.option("--wait", type=click.FloatRange(min=0), metavar="SECONDS", help="Wait until the message has ended.")
@click.option("--timeout", type=click.FloatRange(min=1), metavar="SECONDS", help="When it fails unless it has ended.")
@click.option("--json", "as_json", is_flag=True, help="Print the message's row as JSON.")
@click.option("--list", "listing", is_flag=True, help="List the message types with their contents.")
def send(
    config_path: Path,
    message_type: str | None,
    pairs: tuple[str, ...],
    wait: float | None,
    timeout: float | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
    listing: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Send the running agent a message of a TYPE, with its content as KEY=VALUE.

    Exit codes: 0 succeeded, or taken when it is not waited for; 1 failed; 2 no such type or content; 71 no agent
    answers; 75 not ended within --wait.
    """
    if listing:
        print_types()
        return
    if message_type is None:
        raise UsageError("a TYPE is needed; --list shows them")
    # What is wrong with it is the agent's to say: there it is seen as a failed row, as from everybody else.
    content = content_from(HANDLERS.get(message_type), pairs)
    envelope: dict[str, Any] = {"type": message_type, "content": content, "source": "send"}
    if timeout is not None:
        envelope["timeoutSeconds"] = timeout
    found = asyncio.run(_sent(Sender.to(load_settings(config_path)), envelope, wait))
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        click.echo(described(found))
    if found["state"] == "failed":
        sys.exit(FAILED)
    if wait is not None and found["state"] not in ENDED:
        sys.exit(NOT_ENDED)


async def _sent(sender: Sender, envelope: dict[str, Any], wait: float | None) -> dict[str, Any]:
    async with sender:
        status, answer = await sender.post(envelope)
        if status in (400, 404):
            raise UsageError(str(answer.get("error")))
        if status == 401:
            raise HostError("the agent does not take the token of this configuration")
        if not answer.get("index"):
            raise HostError(str(answer.get("error", f"status {status}")))
        return await sender.ended(answer["guid"], wait or 0)


def content_from(spec: HandlerSpec | None, pairs: tuple[str, ...]) -> dict[str, Any]:
    """The content that KEY=VALUE arguments stand for: JSON where the schema wants a number or truth, else text.

    Raises:
        UsageError: naming the argument.
    """
    content: dict[str, Any] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not key:
            raise UsageError(f"{pair!r}: content is given as KEY=VALUE")
        if key in content:
            raise UsageError(f"{key} is given twice")
        content[key] = value if _takes_text(spec, key) else _parsed(value)
    return content


def _takes_text(spec: HandlerSpec | None, key: str) -> bool:
    schema = spec.schema["properties"].get(key) if spec else None
    return schema is None or any(one.get("type") == "string" for one in (schema, *schema.get("anyOf", ())))


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def described(found: dict[str, Any]) -> str:
    """A message's row in a line or two."""
    lines = [f"message {found['index']} {found['type']} {found['state']} guid {found['guid']}"]
    if found["state"] == "failed":
        lines.append(f"{found['reason']}: {found['errorText']}")
    elif found["handler"]["result"]:
        lines.append(str(found["handler"]["result"]))
    return "\n".join(lines)


def print_types() -> None:
    """The message types as a table."""
    table = Table("type", "content", "what it does")
    for spec in HANDLERS.values():
        if not spec.internal:
            table.add_row(spec.type, " ".join(spec.arguments), spec.description)
    Console().print(table)
