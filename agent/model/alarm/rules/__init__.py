"""The rules, one file per subject: pure functions over one device's cells, each declared with its alarm type."""
