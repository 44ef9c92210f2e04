"""Files in and out: upload, import, undo, export, columns."""
