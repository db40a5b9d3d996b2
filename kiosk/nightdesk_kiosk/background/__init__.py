"""The background services that `nightdesk run` starts."""
