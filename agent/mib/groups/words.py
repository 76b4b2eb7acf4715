"""Enumerations of the device that several groups share.

The words are the device's own; raw codes stand in `?raw` answers. Where the device's public
header has more members than were seen in answers, their words follow the same spelling and are inferred.
"""

from __future__ import annotations

from agent.mib.syntax import enumeration

CLOCK_STATE = enumeration(
    "synchronized",
    "notSynchronized",
    "holdover",
    "unknown",
    "notAvailable",
    codes={0: "unknown", 1: "notSynchronized", 2: "holdover", 3: "synchronized"},
)
OSCILLATOR_STATE = enumeration("warmedUp", "notWarmedUp", "unknown", codes={0: "notWarmedUp", 1: "warmedUp"})
ANTENNA = enumeration(
    "connected", "notConnected", "disconnected", "shortCircuit", "faulty", "unknown", codes={0: "connected"}
)
OSCILLATOR_TYPE = enumeration(
    "unknown", "tcxo", "tcxoLq", "tcxoMq", "ocxoLq", "ocxoMq", "ocxoHq", "ocxoXhq", "ocxoDhq", "ocxoSq", "rubidium",
    codes={
        0: "unknown", 1: "tcxoLq", 2: "tcxo", 3: "ocxoLq", 4: "ocxoMq", 5: "ocxoHq", 6: "ocxoXhq", 7: "rubidium",
        8: "tcxoMq", 9: "ocxoDhq", 10: "ocxoSq",
    },
)  # fmt: skip
REFERENCE_TYPE = enumeration(
    "gps", "freqIn10mhz", "ppsIn", "ppsIn10mhz", "irig", "ntp", "ptp", "ptpOverE1", "fixedFreqIn", "ppsPlusString",
    "variableFreqGpio", "dcf77PzfReceiver", "longWaveReceiver", "gnssReceiver", "haveQuick", "extOsc", "syncE",
    "videoInput", "ltc",
    codes={
        "10mhzFreqin": "freqIn10mhz", "10mhzPpsIn": "ppsIn10mhz",
        0: "gps", 1: "freqIn10mhz", 2: "ppsIn", 3: "ppsIn10mhz", 4: "irig", 5: "ntp", 6: "ptp", 7: "ptpOverE1",
        8: "fixedFreqIn", 9: "ppsPlusString", 10: "variableFreqGpio", 12: "dcf77PzfReceiver", 13: "longWaveReceiver",
        14: "gnssReceiver", 15: "haveQuick", 16: "extOsc", 17: "syncE", 18: "videoInput", 19: "ltc",
    },
)  # fmt: skip
