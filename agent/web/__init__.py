"""Local HTTP: the inter-application endpoint, its client, and replies to return addresses."""
