"""What fails is heard, and nothing that was promised is lost: whole sites against real receivers."""
