"""`python -m agent` is `lantime-agent`."""

from agent.cli import main

main()
