"""The command ``aitia``: finds the module of a verb only when that verb is typed."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import click

from aitia import __version__
from aitia.errors import AitiaError


class Verb(NamedTuple):
    """Where a verb lies, under which heading it is listed, and what it does."""

    module: str
    heading: str
    help: str


RECORD, LOOK, ASK, KEEP, SHARE = "Record", "Look", "Ask why", "Keep", "Share"

VERBS = {
    "run": Verb("run", RECORD, "Run a command and record it; the script needs no change."),
    "demo": Verb("demo", RECORD, "Train 60 small networks, record them, ask what caused what."),
    "import": Verb("imports", RECORD, "Bring in what another system recorded."),
    "ls": Verb("ls", LOOK, "List runs, newest first."),
    "show": Verb("show", LOOK, "Show one run: what it used, made, on what machine."),
    "why": Verb("why", LOOK, "Show where a file comes from, as a tree."),
    "diff": Verb("diff", LOOK, "Show what differs between two runs."),
    "query": Verb("query", LOOK, "Ask a question of the library; alone, list the questions."),
    "sparql": Verb("sparql", LOOK, "Ask in SPARQL 1.1."),
    "serve": Verb("serve", LOOK, "Serve pages and a read-only SPARQL endpoint on this machine."),
    "terms": Verb("terms", LOOK, "Look up terms of the ontology."),
    "ontology": Verb("ontology", LOOK, "Check modules of your own that extend the ontology."),
    "features": Verb(
        "features", ASK, "Make a feature table: one row per unit, one column per fact."
    ),
    "causal": Verb("causal", ASK, "Find out what the recorded facts say causes what."),
    "effects": Verb("effects", ASK, "Estimate what each setting does to an outcome."),
    "fitness": Verb("fitness", ASK, "Predict where learning curves lead before they get there."),
    "report": Verb("report", ASK, "Write a page that says what was found, and what it rests on."),
    "why-better": Verb("why_better", ASK, "Say why one run did better than another."),
    "what-if": Verb("what_if", ASK, "Say what a run would have reached with other settings."),
    "validate": Verb("validate", KEEP, "Judge runs, or a data file, by the SHACL shapes."),
    "ingest": Verb("ingest", KEEP, "Bring new journals into the store."),
    "forward": Verb("forward", KEEP, "Send journals to a broker, for an ingester elsewhere."),
    "rebuild": Verb("rebuild", KEEP, "Make the store again from the journals."),
    "fsck": Verb("fsck", KEEP, "Check journals against their seals, and the store against them."),
    "size": Verb("size", KEEP, "Say how large what was recorded is, by run and by kind."),
    "backup": Verb(
        "backup", KEEP, "Copy everything to a new folder, also while runs are recorded."
    ),
    "restore": Verb("restore", KEEP, "Put a copy back where there is nothing."),
    "prune": Verb("prune", KEEP, "Let go of old runs; what stays of them says so."),
    "compact": Verb("compact", KEEP, "Make the store smaller, without what was deleted from it."),
    "doctor": Verb("doctor", KEEP, "Say what is configured, stored, seen here and missing."),
    "export": Verb("export", SHARE, "Write runs in a format that other tools read."),
}
ALIASES = {"ui": "serve"}


class Refusal(click.ClickException):
    """An error of Aitia's as the command line shows it: got, expected, next step."""

    def __init__(self, error: AitiaError) -> None:
        super().__init__(error.diagnosis())
        self.error = error

    def show(self, file: Any = None) -> None:
        """Print the message on standard error."""
        click.echo(f"aitia: {self.error.got.rstrip('.')}", err=True)
        if self.error.expected:
            click.echo(f"  expected {self.error.expected.rstrip('.')}", err=True)
        if self.error.next_step:
            click.echo(f"  next: {self.error.next_step}", err=True)


class VerbGroup(click.Group):
    """A group whose commands are imported when they are called, not to list them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one verb and return its command."""
        name = ALIASES.get(cmd_name, cmd_name)
        verb = VERBS.get(name)
        if verb is None:
            return None
        from importlib import import_module

        command = import_module(f"aitia.cli.{verb.module}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse an unknown verb with the nearest known one."""
        if args and args[0] not in VERBS and args[0] not in ALIASES and args[0][:1] != "-":
            from difflib import get_close_matches

            near = get_close_matches(args[0], [*VERBS, *ALIASES], n=1, cutoff=0.5)
            hint = f"aitia {near[0]}" if near else "aitia --help"
            raise click.UsageError(f"no command {args[0]!r}; next: {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs under their headings, from the table alone."""
        for heading in dict.fromkeys(verb.heading for verb in VERBS.values()):
            rows = [(name, verb.help) for name, verb in VERBS.items() if verb.heading == heading]
            with formatter.section(heading):
                formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; an error of Aitia's is a message, not a traceback (unless AITIA_DEBUG)."""
        try:
            return super().invoke(ctx)
        except AitiaError as error:
            if os.environ.get("AITIA_DEBUG"):
                raise
            raise Refusal(error) from error


@click.group(cls=VerbGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aitia", message="%(prog)s %(version)s")
@click.option(
    "--at",
    metavar="DIR|URL",
    help="Data directory, or URL of a SPARQL endpoint. Default: $AITIA_DIR, else ./.aitia.",
)
@click.pass_context
def command(ctx: click.Context, at: str | None) -> None:
    """Record how AI models come to be, and find out what caused what.

    AITIA=off records nothing. Nothing leaves this machine unless aitia forward sends it.
    """
    ctx.obj = at
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def main() -> None:
    """Run the command line; the entry point of the package."""
    command(prog_name="aitia")
