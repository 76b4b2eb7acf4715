"""The pure side of writing."""
