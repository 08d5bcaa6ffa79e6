"""What a known scanner finds in texts with secrets, it does not find in what is left of them.

The scanner is detect-secrets, with the detectors of secrets of a known form; its guesses by
entropy alone would take the digests of contents for secrets.
"""

from __future__ import annotations

import random
import string

import pytest

from aitia.records.secrets import secrets_out

scan = pytest.importorskip("detect_secrets.core.scan")
settings = pytest.importorskip("detect_secrets.settings")

pytestmark = pytest.mark.frameworks

DETECTORS = (
    *("ArtifactoryDetector", "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector"),
    *("CloudantDetector", "DiscordBotTokenDetector", "GitHubTokenDetector", "GitLabTokenDetector"),
    *("IbmCloudIamDetector", "IbmCosHmacDetector", "JwtTokenDetector", "MailchimpDetector"),
    *("NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector"),
    *("SendGridDetector", "SlackDetector", "SoftlayerDetector", "SquareOAuthDetector"),
    *("StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector", "KeywordDetector"),
)
ALNUM, LOWER, HEX = string.ascii_letters + string.digits, string.ascii_lowercase, "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
_draw = random.Random(20260101)


def some(alphabet: str, count: int) -> str:
    return "".join(_draw.choice(alphabet) for _ in range(count))


SECRETS = {
    "aws": lambda: "AKIA" + some(UPPER, 16),
    "artifactory": lambda: " AKC" + some(ALNUM, 24) + " ",
    "github": lambda: "ghs_" + some(ALNUM, 36),
    "gitlab": lambda: "glrt-" + some(ALNUM, 20),
    "gitlab agent": lambda: "glagent-" + some(ALNUM, 50),
    "discord": lambda: f"M{some(ALNUM, 23)}.{some(ALNUM, 6)}.{some(ALNUM, 27)}",
    "jwt": lambda: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + some(ALNUM, 43),
    "mailchimp": lambda: some(HEX, 32) + "-us12",
    "npm": lambda: f"//registry.example/:_authToken=npm_{some(ALNUM, 36)}",
    "openai": lambda: f"sk-{some(ALNUM, 20)}T3BlbkFJ{some(ALNUM, 20)}",
    "private key": lambda: f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n{some(ALNUM, 64)}",
    "pypi": lambda: "pypi-AgEIcHlwaS5vcmc" + some(ALNUM, 80),
    "sendgrid": lambda: f"SG.{some(ALNUM, 22)}.{some(ALNUM, 43)}",
    "slack": lambda: f"xoxb-{some(string.digits, 12)}-{some(LOWER, 24)}",
    "webhook": lambda: f"https://hooks.slack.com/services/T{some(ALNUM, 8)}/B{some(ALNUM, 8)}/abc",
    "square": lambda: "sq0csp-" + some(ALNUM, 43),
    "stripe": lambda: "rk_live_" + some(ALNUM, 24),
    "telegram": lambda: f"{some('123456789', 9)}:{some(ALNUM, 35)}",
    "twilio": lambda: "SK" + some(LOWER + string.digits, 32),
    "connection": lambda: f"postgresql://ada:{some(ALNUM, 12)}@db.example:5432/x",
    "azure": lambda: f"DefaultEndpointsProtocol=https;AccountKey={some(ALNUM, 86)}==;x=1",
    "cloudant": lambda: f"cloudant_password = '{some(HEX, 64)}'",
    "ibm": lambda: f"ibm_cloud_iam_key: {some(ALNUM, 44)}",
    "cos": lambda: f"cos_hmac_secret_access_key={some(HEX, 48)}",
    "softlayer": lambda: f"https://api.softlayer.com/soap/v3.1/{some(HEX, 64)}",
    "keyword": lambda: f'password = "{some(ALNUM, 14)}"',
    "aws named": lambda: f'aws_secret_key = "{some(ALNUM, 40)}"',
}
PLACES = (
    "{}",
    "GET {} failed",
    "--endpoint {}",
    "see <{}>",
    "value: {}",
    '{{"x": "{}"}}',
    "a\n{}\nb",
)


def found(text: str) -> list[tuple[str, str]]:
    with settings.transient_settings({"plugins_used": [{"name": name} for name in DETECTORS]}):
        return [
            (secret.type, str(secret.secret_value))
            for line in text.splitlines()
            for secret in scan.scan_line(line)
        ]


@pytest.mark.parametrize("kind", sorted(SECRETS))
def test_what_a_scanner_finds_is_masked(kind: str) -> None:
    for _ in range(8):
        secret = SECRETS[kind]()
        assert found(secret), f"the scanner does not know {secret}"
        for place in PLACES:
            left = secrets_out(place.format(secret))
            again = [one for one in found(left) if one[1] not in ("***", '"***"')]
            assert again == [], left
