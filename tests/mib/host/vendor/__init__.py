"""The vendor's MIB as a device of ours shows it: rules, walks, and what managers make of it."""
