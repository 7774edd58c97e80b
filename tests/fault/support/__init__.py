"""What the cases of the fault suite share; see tests/fault/README.md."""
