"""The REST client: sessions, TLS, proxies, authentication, and a record of every request. The one user of requests."""
