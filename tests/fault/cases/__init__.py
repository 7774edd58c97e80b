"""The cases of the fault suite, one a file; `suite.py --list` names them."""
