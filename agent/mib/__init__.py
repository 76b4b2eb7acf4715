"""The MIB: every object declared once, and everything that is printed from the declarations. Pure."""
