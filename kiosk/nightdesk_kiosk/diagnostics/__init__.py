"""What `check` and the previews find out."""
