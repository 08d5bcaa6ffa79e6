"""``python -m aitia.cli`` is ``aitia``."""

from aitia.cli.main import main

main()
