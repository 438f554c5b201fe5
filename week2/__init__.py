"""Week 2: word vectors and what they are good for."""
