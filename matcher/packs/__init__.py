"""The documents as data: one folder a document, read by `matcher.policy.loader`; a new county is a new folder."""
