"""How a desk does over a time: its figures, and the forms in which they are read."""
