"""Long dependencies: the adding and the copying problem, and the gradients that have to bridge them."""
