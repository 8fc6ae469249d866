"""What is kept of people: where it stands, and how it is found, replaced and read out."""
