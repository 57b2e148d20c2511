"""Discord's REST routes, a module per resource."""
