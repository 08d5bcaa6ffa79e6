"""What must not be in a record: secrets, told by their names and by how they look.

What looks like a secret goes, even at the price of losing a harmless value: a reader sees ``***``
and knows that something stood there.
"""

from __future__ import annotations

import re
from functools import lru_cache

MASK = "***"

_WORD = (
    r"(?:.*_)?(?:token|secrets?|pass(?:code)?|pwd?|auth(?:orization|entication)?"
    r"|cred(?:ential)?s?|bearer|cookies?|jwt|otp|signature|api_?key|api_?token|access_?key"
    r"|secret_?key|private_?key|auth_?token|access_?token|connection_?string|dsn|session_?id"
    r"|mnemonic|(?:encryption|account|master|signing|ssh|license|service|storage|deploy)_keys?)\d*"
)
_WITHIN = r".*(?:passw(?:or[dt]|d)|passphrase|apikey|pgpass)"
_END = r"(?:.*_)?keys?|sig|pat|pin"
_SECRET_NAME = re.compile(rf"{_WORD}(?:_.*)?|{_WITHIN}.*|{_END}")
_SECRET_END = re.compile(rf"{_WORD}|{_WITHIN}s?|{_END}")
"""Names that end in the word for a secret: there even a number may be one."""

_MEASURE = (
    r"multiple|multiplier|rate|ratio|share|fraction|weight|scale|factor|dims?|size|shape|width"
    r"|num|count|limit|len|length|budget|loss|accuracy|prob|probability|threshold|index|level"
)
"""Words after the word for a secret that make a name one of a quantity."""

_HARMLESS = re.compile(
    r"(?<![a-z])(?:(?:pad|bos|eos|unk|sep|cls|mask|special|per|image|next)_token"
    r"|(?:max|min|num|n|new|total|mean)_(?:token|keys?|pass|secrets|credentials)"
    r"|(?:forward|backward|first|second|single|multi)_pass|pass_at(?:_k)?"
    r"|token_(?:ids?|type|embedding|dropout|drop|dropping|labels?|mix(?:ing|er)|merging|pruning"
    r"|shift)"
    rf"|(?:token|pass|cookies?|secrets?|passwords?|otp|auth|signature|keys?)_(?:{_MEASURE})"
    r"|(?:sort|group|join|primary|foreign|prng|rng|random|cache|column|dict|metric)_key)(?![a-z])"
)
_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")

_VALUE = re.compile(
    r"[bBrRuUfF]{0,2}(?:\"\"\".*?(?:\"\"\"|$)|'''.*?(?:'''|$)"
    r"|\"(?:\\.|[^\"\\])*\"?|'(?:\\.|[^'\\])*'?)"
    r"|\\+[\"'](?:(?!\\+[\"']).)*(?:\\+[\"'])?"
    r"|[^\"'&\n]+",
    re.DOTALL,
)
_ASSIGNMENT = re.compile(
    r"(?<![\w.\-])([\w.\-]+)\\*[\"']?\]?\s*(?::=|=>|->|==?|:(?!//)|>)\s*",
)
_OPTION = re.compile(r"(?<!\S)(?P<name>--?[A-Za-z][\w.\-]*)(?P<gap>[ \t]+)(?P<value>\S+)")
_HEADER = re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(\s*:\s*).*")
_USERINFO = re.compile(
    # A path made of an address has lost a slash.
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]{0,30}:/(?:/|(?=[^\s/?#@]+@[\w-]+[.:/])))"
    r"(?:[^\s/?#:@]*:(?!\d{1,5}(?:[/?#\s]|$))\S{0,512}@|[^\s/?#]*@)"
)
_SCP_USER = re.compile(r"^(?!git@)[^\s@/]+@(?=[\w.-]+[:/])")
_KNOWN = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
    r".*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)"
    r"|(?<![A-Za-z0-9])(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|ANPA|ANVA)[0-9A-Z]{16}"
    r"(?![A-Za-z0-9])"
    r"|gh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bgl(?:[a-z]{2,6})-[\w-]{16,}|GR1348941[\w-]{20,}"
    r"|\bhf_[A-Za-z0-9]{20,}|\bsk-[\w-]{16,}|\b[rsp]k_(?:live|test)_\w{10,}|\bxox[a-z]-[\w-]{10,}"
    r"|\bAIza[\w-]{30,}|\bya29\.[\w-]+|\bnpm_[A-Za-z0-9]{30,}|\bpypi-[\w-]{30,}"
    r"|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]+)?|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\b(?:r8|gsk|pcsk|shpat|whsec|sntrys|dop_v1|lsv2_[a-z]{2})_[\w-]{20,}|\b(?:xai|tvly)-[\w-]{20,}"
    r"|\bdapi[0-9a-f]{32}|\b(?:AC|SK)[a-z0-9]{32}|\bsq0[a-z]{3}-[\w-]{20,}|\bAKC[A-Za-z0-9]{10,}"
    r"|\b[0-9a-z]{32}-us\d{1,2}\b|\b\d{8,10}:[\w-]{35}|[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27}"
    r"|(?<=hooks\.slack\.com/)\S+|(?<=/api/webhooks/)\S+|(?<=softlayer\.com/soap/)\S+"
    r"|\b(?i:bearer)\s+[\w.~+/=-]{8,}",
    re.DOTALL,
)
# Hexadecimal digests have no upper and lower case together, so they stay.
_OPAQUE = re.compile(
    r"(?<![A-Za-z0-9])(?=[^\W_]*[a-z])(?=[^\W_]*[A-Z])(?=[^\W_]*\d)[A-Za-z0-9]{32,}"
)


_SUSPECT = re.compile(r"[=:@>]|(?<!\S)-|[\w-]{11}|ya29\.|(?i:bearer)\s")
"""What every text has in it of which the patterns above mask something."""

_MOST_KNOWN = 1 << 14
_LONGEST = 1 << 14

harmless: set[str] = set()
"""Short texts that were looked at and hold no secret, so that common ones cost one look-up."""


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Say whether a setting, option or variable of this name holds a secret.

    >>> is_secret_name("--wandb.api_key"), is_secret_name("AWS_SECRET_ACCESS_KEY")
    (True, True)
    >>> is_secret_name("--pad-token-id"), is_secret_name("num_key_value_heads")
    (False, False)
    """
    return _SECRET_NAME.fullmatch(_HARMLESS.sub("", _joined(name))) is not None


def _joined(name: str) -> str:
    return "_".join(_SPLIT.split(name)).lower().strip("_")


def is_secret(name: str, value: object) -> bool:
    """Say whether a value is a secret by its name.

    A number is one only where the name ends in the word for a secret; true, false and nothing are
    none.

    >>> is_secret("pin", 1234), is_secret("token_stride", 4), is_secret("token_stride", "a1b2")
    (True, False, True)
    """
    kind = type(value)
    if not is_secret_name(name) or kind is bool or value is None:
        return False
    return kind not in (int, float) or is_secret_end(name)


@lru_cache(maxsize=1024)
def is_secret_end(name: str) -> bool:
    """Say whether a name ends in the word for a secret."""
    return _SECRET_END.fullmatch(_HARMLESS.sub("", _joined(name))) is not None


def secrets_out(string: str) -> str:
    """Return ``string`` with everything that looks like a secret replaced by ``***``.

    >>> secrets_out("https://alice:pw@host/x?token=abc&page=2")
    'https://***@host/x?token=***&page=2'
    """
    if _SUSPECT.search(string) is None:
        return string
    string = _KNOWN.sub(MASK, string)
    string = _HEADER.sub(rf"\1\2{MASK}", string)
    string = _USERINFO.sub(rf"\g<scheme>{MASK}@", string)
    string = _assigned_out(string)
    return _OPAQUE.sub(MASK, _options_out(string))


def is_harmless(string: str) -> bool:
    """Say whether ``secrets_out`` leaves ``string`` as it is; short ones are remembered.

    Of one that is longer than any that is recorded it is not said.

    >>> is_harmless("adam"), is_harmless("postgres://alice:pw@db/x")
    (True, False)
    """
    if string in harmless:
        return True
    if len(string) > _LONGEST or secrets_out(string) != string:
        return False
    if len(string) <= 256:
        if len(harmless) >= _MOST_KNOWN:
            harmless.clear()
        harmless.add(string)
    return True


def _assigned_out(string: str) -> str:
    """Mask what is assigned to secret names."""
    parts = []
    done = position = 0
    while found := _ASSIGNMENT.search(string, position):
        position = found.end()
        value = _VALUE.match(string, position) if is_secret_name(found[1]) else None
        if value is not None:
            quote = value[0].lstrip("bBrRuUfF\\")[:1]
            quote = quote if quote in ("'", '"') else ""
            parts += [string[done:position], quote, MASK, quote]
            done = position = value.end()
    return "".join(parts) + string[done:] if parts else string


def _options_out(string: str) -> str:
    """Mask what follows options with secret names."""
    parts = []
    done = position = 0
    while found := _OPTION.search(string, position):
        # What follows an option may be an option itself, so only its name and the gap are passed.
        position = found.end("gap")
        if is_secret_name(found["name"]):
            parts += [string[done:position], MASK]
            done = position = found.end()
    return "".join(parts) + string[done:] if parts else string


def without_credentials(url: str) -> str:
    """Return a URL, or an ``scp``-like address, without user name, password and secret parameters.

    >>> without_credentials("https://alice:pw@git.example/x.git")
    'https://git.example/x.git'
    >>> without_credentials("alice@git.example:x.git"), without_credentials("git@git.example:x")
    ('git.example:x.git', 'git@git.example:x')
    """
    return secrets_out(_SCP_USER.sub("", _USERINFO.sub(r"\g<scheme>", url)))
