"""Building a recurrent network step by step."""
