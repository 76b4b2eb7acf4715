"""What is known of a device and how it is read: pure values and functions, no sockets, no clock, no logging."""
