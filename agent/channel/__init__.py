"""What the fronts, which answer, and the back, which does everything else, have between them."""
