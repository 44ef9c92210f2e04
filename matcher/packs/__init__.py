"""The documents as data: one folder a document, read by `policy.loading.loader`; a new county is a new folder."""
