"""Generated region tables; see NOTICE.md for their sources and licences."""
