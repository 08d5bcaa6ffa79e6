"""``aitia serve`` (and ``aitia ui``): pages and a SPARQL endpoint on this machine."""

from __future__ import annotations

import click

from aitia.cli import present
from aitia.cli.opening import opened

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command("serve")
@click.option("--port", default=7710, show_default=True, type=click.IntRange(0, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--open", "browse", is_flag=True, help="Open the page in a browser.")
def command(port: int, host: str, browse: bool) -> None:
    """Serve pages and a read-only SPARQL 1.1 endpoint, on this machine only.

    New journals are brought in as pages are asked for. Other commands ask this server while it
    holds the store.
    """
    from aitia.server.service import serve

    if host not in LOOPBACK:
        present.aside(f"{host} is not of this machine alone: whoever reaches it can read all runs")

    def ready(url: str) -> None:
        present.echo(f"{url}  pages, and SPARQL at {url}/sparql  (Ctrl-C ends it)")
        if browse:
            import webbrowser

            webbrowser.open(url)

    with opened(writing=True) as graph:
        try:
            serve(graph, host=host, port=port, ready=ready)
        except KeyboardInterrupt:
            present.aside("ended")
