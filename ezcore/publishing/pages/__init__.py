"""The pages that every shop has, in versions: terms, privacy, about; and who accepted which terms."""
