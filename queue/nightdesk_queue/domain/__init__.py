"""What the hospital's words mean as types: tickets, states, events, slips, pages, devices, people, errors."""
