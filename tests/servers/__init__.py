"""Real servers for the tests: started on demand, on this machine only, and ended with the run."""
