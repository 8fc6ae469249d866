"""A desk's policy as pure functions: who wrote, which ticket, and what becomes of it."""
