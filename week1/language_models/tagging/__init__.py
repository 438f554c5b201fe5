"""Tagging names in sentences: many inputs, as many outputs, and why a network has to read in both directions."""
