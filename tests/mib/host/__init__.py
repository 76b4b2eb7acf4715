"""What a device shows as a host, compared with MIB texts, and made of documents."""
