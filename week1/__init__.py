"""Week 1: recurrent networks."""
