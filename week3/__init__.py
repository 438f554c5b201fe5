"""Week 3: sequence to sequence, attention, speech."""
