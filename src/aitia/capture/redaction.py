"""Taking secrets and identities out of text before it is recorded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aitia.capture.identity import Identity
from aitia.records.secrets import MASK, is_secret_name, secrets_out

MAX_ARGUMENTS = 256
MAX_ARGUMENT = 4096
_LONGEST_READ = 16384

_GENERIC = re.compile(
    r"\d+|root|user|admin|ubuntu|debian|docker|jovyan|runner|build|nobody|guest|app|vm|localhost"
)
_SETTING_NAME = re.compile(r"[\w.\-+~\[\]/@]*")


class Redactor:
    """Removes secrets, and the names of the user and the host when ``identity`` is given."""

    def __init__(self, identity: Identity | None = None) -> None:
        self._swaps = [] if identity is None else _identity_swaps(identity)

    def text(self, string: str) -> str:
        """Return ``string`` without secrets and identities."""
        return self.names(secrets_out(string))

    def names(self, string: str) -> str:
        """Return ``string`` with the home folder as ``~`` and names as their pseudonyms."""
        for pattern, label in self._swaps:
            string = pattern.sub(label, string)
        return string

    def arguments(self, arguments: Sequence[str]) -> list[str]:
        """Return a command's arguments without secrets and identities.

        The value after an option with a secret's name goes, whatever it looks like.
        """
        kept: list[str] = []
        before = ""
        for argument in arguments[:MAX_ARGUMENTS]:
            shown, before = self._argument(argument, before)
            kept.append(shown)
        if len(arguments) > MAX_ARGUMENTS:
            kept.append(f"…[{len(arguments) - MAX_ARGUMENTS} more]")
        return kept

    def _argument(self, argument: str, before: str) -> tuple[str, str]:
        """Return the argument as it may be shown, and what it says of the next one."""
        if before == "code" or len(argument) > _LONGEST_READ:
            return f"<{len(argument)} characters>", ""
        name, equals, _ = argument.partition("=")
        says = _about_next(argument) if argument.startswith("-") and not equals else ""
        if before == "secret" or (before == "login" and ":" in argument):
            return MASK, says if says == "secret" else ""
        if equals and _SETTING_NAME.fullmatch(name) and is_secret_name(name):
            return f"{self.names(name)}={MASK}", ""
        # A cut could end a secret where no pattern knows it any more, so it comes last.
        shown = self.text(argument)
        return shown if len(shown) <= MAX_ARGUMENT else shown[:MAX_ARGUMENT] + "…[cut]", says


def _about_next(option: str) -> str:
    if option == "-c":
        return "code"
    if option in ("-u", "--user"):
        return "login"
    return "secret" if is_secret_name(option) else ""


def _identity_swaps(identity: Identity) -> list[tuple[re.Pattern[str], str]]:
    swaps = []
    if identity.home:
        swaps.append((re.compile(re.escape(identity.home) + r"(?![\w.-])"), "~"))
    for name, label in ((identity.user, identity.user_label), (identity.host, identity.node_label)):
        short = name.partition(".")[0]
        for word in (name, short) if short != name else (name,):
            if len(word) > 1 and not _GENERIC.fullmatch(word.lower()):
                pattern = rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])"
                swaps.append((re.compile(pattern, re.IGNORECASE), label))
    return swaps
