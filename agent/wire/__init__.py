"""What is on the wire, pure: blocks of finished varbinds, the store they stand in, views, and answers from them."""
