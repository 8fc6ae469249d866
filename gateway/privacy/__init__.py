"""What people may ask for about what is kept of them, and how long anything is kept."""
