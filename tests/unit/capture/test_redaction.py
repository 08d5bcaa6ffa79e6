from __future__ import annotations

import time

import pytest

from aitia.capture.identity import Identity
from aitia.capture.redaction import MAX_ARGUMENTS, Redactor
from aitia.records.secrets import MASK, is_secret, is_secret_name, secrets_out, without_credentials

SECRET_NAMES = """
token --token HF_TOKEN auth-token access_token accessToken api_key apiKey APIKEY x-api-key --key
access_key_id AWS_SECRET_ACCESS_KEY client_secret secrets WANDB_API_KEY ssh-key license_key_file
password PGPASSWORD db.password passwd MYSQL_PWD passphrase credentials Authorization cookie jwt
connectionString dsn sessionid otp sig signature X-Amz-Signature password_hash private_keys
secret_key_base hf_token_file token2_value MY_SECRET user-auth pass kv_key cookie_jar tokenValue
"""

HARMLESS_NAMES = """
lr epochs tokenizer max_tokens num_tokens pad_token_id eos-token num_key_value_heads key_dim
key_size pin_memory author passes compass keyboard monkey prng_key sort_key significance signal
bypass path model.layers.0.attn data.secretary checkpoint
token_multiple tokens_per_second tokens_per_parameter tokenMultiple --token-multiple token_dim
total_tokens token_mixing token_mixer token_drop_rate token_accuracy num_keys max_keys forward_pass
pass_rate pass_at_1 password_length authors author_id authority secretary_problem cookie_size
"""


@pytest.mark.parametrize("name", SECRET_NAMES.split())
def test_secret_name_is_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", HARMLESS_NAMES.split())
def test_harmless_name_is_left(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("token_stride", 4, False),
        ("token_stride", 0.5, False),
        ("token_stride", "4f2a", True),
        ("auth_retries", 3, False),
        ("key_spacing", "wide", False),
        ("password", 1234, True),
        ("db_password", 1234, True),
        ("pin", 1234, True),
        ("otp", 123456, True),
        ("auth_token", "a1b2", True),
        ("API_KEY", 17, True),
        ("access_token", 17.5, True),
        ("use_auth_token", True, False),
        ("token", None, False),
        ("pass@1", 0.5, False),
        ("lr", "a1b2", False),
    ],
)
def test_number_is_a_secret_only_where_the_name_ends_so(
    name: str, value: object, secret: bool
) -> None:
    assert is_secret(name, value) is secret


S = "s3cr3t-Valu3"

TEXTS = {
    "assignment": (f"token={S}", "token=***"),
    "spaced assignment": (f"api_key = {S}", "api_key = ***"),
    "quoted with spaces": (f'password="{S} and {S}" lr=0.1', 'password="***" lr=0.1'),
    "escaped quote": (f'password="{S}\\"{S}" lr=0.1', 'password="***" lr=0.1'),
    "unclosed quote": (f'password="{S}', 'password="***"'),
    "triple quotes": (f"password='''{S}'{S}'''; n=1", "password='***'; n=1"),
    "bytes": (f"password=b'{S}'", "password='***'"),
    "subscript": (f'os.environ["API_KEY"] = "{S}"', 'os.environ["API_KEY"] = "***"'),
    "json": (f'{{"password": "{S}", "n": 3}}', '{"password": "***", "n": 3}'),
    "escaped json": (f'{{\\"password\\": \\"{S}\\"}}', '{\\"password\\": "***"}'),
    "yaml": (f"password: {S}\nlr: 0.1", "password: ***\nlr: 0.1"),
    "xml": (f"<password>{S}</password>", "<password>***"),
    "nested": (f"a=password={S}", "a=password=***"),
    "connection string": (f"Server=x;Password={S};Db=y", "Server=x;Password=***"),
    "option": (f"train.sh --token {S} --lr 1", "train.sh --token *** --lr 1"),
    "option after a flag": (f"train.sh --verbose --token {S}", "train.sh --verbose --token ***"),
    "url": (f"https://ada:{S}@host.example/x", "https://***@host.example/x"),
    "url with slash": (f"https://ada:{S}/{S}@host.example/x", "https://***@host.example/x"),
    "url with token as user": (f"https://{S}@host.example/x", "https://***@host.example/x"),
    "dsn": (f"postgresql+psycopg://a:{S}@db/x", "postgresql+psycopg://***@db/x"),
    "query": (f"https://h/x?token={S}&page=2", "https://h/x?token=***&page=2"),
    "signed url": (f"https://h/x?X-Amz-Signature={S}&a=b", "https://h/x?X-Amz-Signature=***&a=b"),
    "header": (f'Authorization: Digest username="a", response="{S}"', "Authorization: ***"),
    "bearer": (f"sent Bearer {S}", "sent ***"),
    "cookie": (f"Cookie: a={S}; b={S}", "Cookie: ***"),
    "github": ("x ghp_0123456789abcdefABCDEF0123456789abcd", "x ***"),
    "hugging face": ("hf_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh", "***"),
    "openai": ("sk-proj-0123456789abcdefghij", "***"),
    "aws": ("AKIAIOSFODNN7EXAMPLE", "***"),
    "jwt": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "***"),
    "pem": ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "***"),
    "cut pem": ("-----BEGIN PRIVATE KEY-----\nMIIEabc", "***"),
    "opaque": ("x aB3dEfGh1JkLmNoPqRsTuVwXyZ0123456789", "x ***"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_secret_is_taken_out_of_text(case: str) -> None:
    text, expected = TEXTS[case]
    assert secrets_out(text) == expected


KEPT = [
    "python train.py --lr 0.1 --epochs=3 --tokenizer bert-base",
    "https://host.example:8080/a@v1/x?page=2",
    "registry.example/team/image@sha256:" + "ab" * 32,
    "commit 39b767757488b0f99d98664fc8fe3b691dc1cefc",
    "/data/run=3/model.pt",
    "model.layers=[64,32] key_dim=8",
    "9f1c2e9e-2c1c-4b51-9d7c-2d7a7c1a7a11",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_secret_stays(text: str) -> None:
    assert secrets_out(text) == text


ARGUMENTS = [
    (["--token", S, "--lr", "1"], ["--token", MASK, "--lr", "1"]),
    (["--token=" + S], ["--token=***"]),
    (["--password", "--strange"], ["--password", MASK]),
    (["--use-auth-token", "--password", S], ["--use-auth-token", MASK, MASK]),
    (["db.password=" + S + " " + S], ["db.password=***"]),
    (["+db.password=" + S], ["+db.password=***"]),
    (["-c", f"print('{S}')"], ["-c", "<21 characters>"]),
    (["-u", "ada:" + S], ["-u", MASK]),
    (["-u", "train.py"], ["-u", "train.py"]),
    (['{"password": "a=' + S + '"}'], ['{"password": "***"}']),
    (["--pin-memory", "3"], ["--pin-memory", "3"]),
    (["x" * 20_000], ["<20000 characters>"]),
]


@pytest.mark.parametrize(("arguments", "expected"), ARGUMENTS)
def test_secret_is_taken_out_of_arguments(arguments: list[str], expected: list[str]) -> None:
    assert Redactor().arguments(arguments) == expected


def test_long_command_is_cut_and_says_so() -> None:
    shown = Redactor().arguments([f"f{i}" for i in range(1000)])
    assert len(shown) == MAX_ARGUMENTS + 1
    assert shown[-1] == f"…[{1000 - MAX_ARGUMENTS} more]"


def identity(user: str = "ada", host: str = "gpu07.lab.example") -> Identity:
    return Identity(host, user, f"/home/{user}", ("gpu07",), "node-1", "user-1", None)


def test_names_become_pseudonyms() -> None:
    redactor = Redactor(identity())
    text = "/home/ada/x.py /scratch/ada/y ada@gpu07 gpu07.lab.example /home/adam adaptive GPU07"
    assert redactor.text(text) == (
        "~/x.py /scratch/user-1/y user-1@node-1 node-1 /home/adam adaptive node-1"
    )


def test_names_that_many_have_are_left() -> None:
    redactor = Redactor(identity(user="root", host="localhost")._replace(home="/root"))
    assert redactor.text("/root/x root localhost") == "~/x root localhost"
    numeric = Redactor(identity(user="1000")._replace(home=""))
    assert numeric.text("--batch 1000") == "--batch 1000"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ada:pw@git.example/x.git", "https://git.example/x.git"),
        ("https://ghp_x@git.example/x.git", "https://git.example/x.git"),
        ("ssh://ada@git.example:22/x.git", "ssh://git.example:22/x.git"),
        (
            "https://git.example/x.git?private_token=abc",
            "https://git.example/x.git?private_token=***",
        ),
        ("https://git.example/x.git", "https://git.example/x.git"),
    ],
)
def test_url_loses_its_credentials(url: str, expected: str) -> None:
    assert without_credentials(url) == expected


HOSTILE = ["a", "a=", "a ", '"', "\\", "'a:", "--a ", "eyJ", "A1a", "://", "a:a@", "http://", "a= "]


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_takes_time_in_proportion(unit: str) -> None:
    def seconds(length: int) -> float:
        began = time.process_time()
        secrets_out(unit * (length // len(unit)))
        return time.process_time() - began

    # Quadratic behaviour would take 256 times as long, and minutes for the longer text.
    assert seconds(64_000) < 64 * max(seconds(4_000), 0.005)
