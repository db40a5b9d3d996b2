"""nightdesk's own layouts, one file a kind of slip; `templating.py` beside this folder says what may stand in them."""
