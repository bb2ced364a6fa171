"""How the stand-in says no: with the error codes the real Slack answers."""

from dataclasses import dataclass
from typing import Any


@dataclass(kw_only=True, eq=False)  # frozen would stop Python adding the traceback
class RefusalError(Exception):
    """A Web API call is refused the way Slack refuses it.

    `code` goes out as "error"; `messages` become `response_metadata.messages`.
    """

    code: str
    messages: tuple[str, ...] = ()
    retry_after: int | None = None
    status: int = 200

    def __str__(self) -> str:
        """Name the code and, where there are any, the details."""
        return "; ".join((self.code, *self.messages))

    def body(self) -> dict[str, Any]:
        """Return the JSON body Slack would send."""
        answer: dict[str, Any] = {"ok": False, "error": self.code}
        if self.messages:
            answer["response_metadata"] = {"messages": list(self.messages)}
        if self.messages and self.code == "invalid_blocks":
            answer["errors"] = [text.removeprefix("[ERROR] ") for text in self.messages]
        return answer


class CannotDoError(Exception):
    """A person tried something that Slack's client would not offer or allow."""
