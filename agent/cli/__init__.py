"""The commands of `lantime-agent`.

Exit codes (those of sysexits.h where it has one): 0 done; 1 `check` found a problem or a message failed; 2 wrong
usage; 69 a device did not answer as it should; 70 a fault of the agent's own; 71 the machine denies something; 75 a
message has not ended in time; 78 the configuration is wrong.
"""

from agent.cli.main import main

__all__ = ["main"]
