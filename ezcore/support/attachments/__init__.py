"""Files that come with messages of the support desk: checked, kept under their hash, only ever handed out to save."""
