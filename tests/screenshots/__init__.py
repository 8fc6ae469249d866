"""`make screenshots`: every page as people see it, light and dark, on a phone and on a desk."""
