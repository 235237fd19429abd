"""The command line, `ez`: one file per command."""
