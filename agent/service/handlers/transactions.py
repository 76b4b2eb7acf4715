"""Work on transactions over the devices' configuration, and on the history of what was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, model_validator

from agent.model.configuring import Action, State, Transaction
from agent.model.configuring.candidate import NotAllowed
from agent.model.configuring.happening import Asked, Passed
from agent.model.configuring.transaction import Wish
from agent.model.message import Reason
from agent.service.handlers.base import Content, HandlerSpec, Work
from agent.service.handlers.ports import Refused

if TYPE_CHECKING:
    from agent.service.transactions.office import Transactions

Number = Annotated[int, Field(ge=1, le=2**32 - 1)]
Lease = Annotated[int, Field(ge=10, le=86_400)]
Confirm = Annotated[int, Field(ge=1, le=86_400)]

LANE = ":config"
"""The lane of transactions: one action at a time, and nothing else waits for it. No device has such a name."""


class OfConfig(Content):
    """Whatever is about transactions."""

    @property
    def lane(self) -> str:
        """A lane of their own: a commit may take minutes."""
        return LANE


class OfTransaction(OfConfig):
    """A transaction."""

    transaction: Number = Field(description="Number of the transaction.")

    @property
    def target(self) -> str:
        """The transaction; it may be about several devices."""
        return ""


class TransactionWork(Work[Any]):
    """Work that needs the transactions."""

    transactions: Transactions

    def validate(self) -> None:
        """There must be some."""
        if self.reach.transactions is None:
            raise Refused(Reason.NOT_READY, "this agent carries out no transactions")
        self.transactions = self.reach.transactions

    @property
    def who(self) -> str:
        """Who asks."""
        return self.job.message.source


class OpenContent(OfConfig):
    """How it is to be opened."""

    transaction: Number | None = Field(default=None, description="Number it is to have; the next one if left out.")
    lease: Lease | None = Field(default=None, description="Seconds without a word of its owner until it expires.")
    confirmTimeout: Confirm | None = Field(
        default=None, description="Seconds that a confirmed commit waits to be confirmed."
    )


class OpenConfig(TransactionWork):
    """Opens a transaction."""

    content: OpenContent
    number = 0

    async def data_sets(self) -> None:
        """Open it; at once."""
        try:
            self.number = self.transactions.open(
                self.who, self.content.transaction or 0, self.content.lease, self.content.confirmTimeout
            )
        except NotAllowed as problem:
            raise refused(problem) from None
        self.result = f"transaction {self.number} opened"

    def response(self) -> Mapping[str, Any]:
        """Its number."""
        return {"transaction": self.number}


class EditContent(BaseModel):
    """One edit."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    edit: Number | None = Field(default=None, description="Number of the edit; a new one if left out.")
    target: StrictStr | None = Field(default=None, description="Cell, as lnbPtpInstanceDomainNumber.1.7.1 or an OID.")
    value: StrictBool | StrictInt | StrictStr | None = Field(default=None, description="What it is to become.")
    remove: StrictBool = Field(default=False, description="Takes the edit out.")

    @model_validator(mode="after")
    def _consistent(self) -> EditContent:
        if self.edit is None and (self.target is None or self.remove):
            raise ValueError("a new edit needs a target, and one that is removed its number")
        return self


class EditsContent(OfTransaction):
    """Edits of a transaction: all of them are taken, or none."""

    edits: Annotated[tuple[EditContent, ...], Field(min_length=1, max_length=500, strict=False)] = Field(
        description="The edits."
    )


class EditConfig(TransactionWork):
    """Puts edits into a transaction."""

    content: EditsContent
    numbers: tuple[int, ...] = ()

    async def data_sets(self) -> None:
        """Take them; at once."""
        try:
            wishes = [self._wish(edit) for edit in self.content.edits]
            self.numbers = self.transactions.edit(self.content.transaction, self.who, wishes)
        except NotAllowed as problem:
            raise refused(problem) from None
        self.result = f"{len(self.numbers)} edits of transaction {self.content.transaction}"

    def _wish(self, edit: EditContent) -> Wish:
        oid = None if edit.target is None else self.transactions.oid(edit.target)
        return Wish(edit.edit or 0, oid, None if edit.value is None else _spelt(edit.value), edit.remove)

    def response(self) -> Mapping[str, Any]:
        """Their numbers: the first and the last."""
        return {"first": self.numbers[0], "last": self.numbers[-1]}


class TimesContent(OfTransaction):
    """What changes; at least one of them."""

    lease: Lease | None = Field(default=None, description="As openConfig has it; it begins anew.")
    confirmTimeout: Confirm | None = Field(default=None, description="As openConfig has it.")


class HoldConfig(TransactionWork):
    """Sets the times of a transaction."""

    content: TimesContent

    async def data_sets(self) -> None:
        """Take them; at once."""
        try:
            self.transactions.set_times(
                self.content.transaction, self.who, self.content.lease, self.content.confirmTimeout
            )
        except NotAllowed as problem:
            raise refused(problem) from None
        self.result = f"transaction {self.content.transaction} is held on"


class ConfirmedContent(OfTransaction):
    """A transaction, and how long it is to wait."""

    confirmTimeout: Confirm | None = Field(
        default=None, description="Seconds until it is rolled back unless it is confirmed."
    )


class ActOnConfig(TransactionWork):
    """Does something with a transaction, and waits until it has been done.

    Attributes:
        action: what.
        wanted: the state that makes the message a success.
    """

    action: Action
    wanted: State
    found: Transaction

    async def data_sets(self) -> None:
        """The transaction's own steps; each is written down before it is taken."""
        confirm_s = getattr(self.content, "confirmTimeout", None)
        asked = Asked(self.action, self.who, self.job.message.index, confirm_s)
        try:
            self.found = await self.transactions.act(self.content.transaction, asked)
        except NotAllowed as problem:
            raise refused(problem) from None

    def post_validate(self) -> None:
        """It must have come to what was wanted."""
        found = self.found
        if found.state is not self.wanted:
            reason = Reason.NOT_READY if found.state is State.INVALID else Reason.DEVICE_REJECTED
            text = "; ".join((found.text, *found.differences))
            raise Refused(reason, f"transaction {found.index} is {found.state.value}: {text}")
        self.result = f"transaction {found.index} is {found.state.value}"

    def response(self) -> Mapping[str, Any]:
        """How it stands."""
        return {"transaction": self.found.index, "state": self.found.state.value}


class ValidateConfig(ActOnConfig):
    """Validates a transaction."""

    action, wanted = Action.VALIDATE, State.VALID


class CommitConfig(ActOnConfig):
    """Commits a transaction."""

    action, wanted = Action.COMMIT, State.COMMITTED


class CommitConfirmedConfig(ActOnConfig):
    """Commits a transaction for a while."""

    action, wanted = Action.COMMIT_CONFIRMED, State.PENDING_CONFIRM


class ConfirmConfig(ActOnConfig):
    """Confirms a transaction."""

    action, wanted = Action.CONFIRM, State.COMMITTED


class CancelConfig(ActOnConfig):
    """Rolls a transaction back."""

    action, wanted = Action.CANCEL, State.ROLLED_BACK


class DiscardConfig(ActOnConfig):
    """Gives a transaction up."""

    action, wanted = Action.DISCARD, State.DISCARDED


class RollbackConfig(ActOnConfig):
    """Goes on with a transaction whose time is over; sent by the agent itself."""

    async def data_sets(self) -> None:
        """What is due."""
        try:
            self.found = await self.transactions.act(self.content.transaction, Passed())
        except NotAllowed as problem:
            raise refused(problem) from None

    def post_validate(self) -> None:
        """An incomplete rollback is a failure; that it was confirmed meanwhile is none."""
        found = self.found
        if found.state is State.INCOMPLETE:
            raise Refused(Reason.DEVICE_REJECTED, f"transaction {found.index}: {'; '.join(found.differences)}")
        self.result = f"transaction {found.index} is {found.state.value}"


class RevertConfig(TransactionWork):
    """Opens a transaction that takes back what another one wrote."""

    content: OfTransaction
    number = 0

    async def data_sets(self) -> None:
        """Open it; at once."""
        try:
            self.number = self.transactions.reverting(self.content.transaction, self.who)
        except NotAllowed as problem:
            raise refused(problem) from None
        self.result = f"transaction {self.number} opened, with what transaction {self.content.transaction} found"

    def response(self) -> Mapping[str, Any]:
        """Its number."""
        return {"transaction": self.number}


class PurgeConfig(TransactionWork):
    """Takes a transaction out of the table."""

    content: OfTransaction

    async def data_sets(self) -> None:
        """Take it out; at once."""
        try:
            self.transactions.remove(self.content.transaction, self.who)
        except NotAllowed as problem:
            raise refused(problem) from None
        self.result = f"transaction {self.content.transaction} is gone"


def refused(problem: NotAllowed) -> Refused:
    """What is not allowed, as the reason of a message's failure."""
    return Refused(Reason.NOT_READY if problem.stranger else Reason.BAD_CONTENT, str(problem))


def _spelt(value: bool | int | str) -> str:  # noqa: FBT001 - a value is what it is
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


SPECS = (
    HandlerSpec(
        "openConfig", "Opens a configuration transaction. One is open at a time.", OpenContent, OpenConfig,
        immediate=True,
    ),
    HandlerSpec("editConfig", "Puts edits into a transaction: all or none.", EditsContent, EditConfig, immediate=True),
    HandlerSpec("holdConfig", "Sets a transaction's lease and time to confirm.", TimesContent, HoldConfig,
                immediate=True),
    HandlerSpec("validateConfig", "Looks at every device and value of a transaction, and writes nothing.",
                OfTransaction, ValidateConfig),
    HandlerSpec("commitConfig", "Validates a transaction and writes all of it, or takes back what was written.",
                OfTransaction, CommitConfig),
    HandlerSpec("commitConfirmedConfig",
                "The same, for a while: what is not confirmed in time is taken back. Again, the time begins anew.",
                ConfirmedContent, CommitConfirmedConfig),
    HandlerSpec("confirmConfig", "Makes a confirmed commit stay.", OfTransaction, ConfirmConfig),
    HandlerSpec("cancelConfig", "Takes a confirmed commit back at once, or tries a rollback again that left something.",
                OfTransaction, CancelConfig),
    HandlerSpec("discardConfig", "Gives a transaction up that wrote nothing, or one whose rollback left something.",
                OfTransaction, DiscardConfig),
    HandlerSpec("revertConfig", "Opens a transaction that gives what a committed one wrote its old values again.",
                OfTransaction, RevertConfig, immediate=True),
    HandlerSpec("purgeConfig", "Takes a transaction out of the table.", OfTransaction, PurgeConfig, immediate=True),
    HandlerSpec("rollbackConfig", "Rolls back what was not confirmed in time, or what a rollback left.",
                OfTransaction, RollbackConfig, internal=True),
)  # fmt: skip
