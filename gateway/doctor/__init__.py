"""`casepost doctor`: tries the real things that the configuration names, and changes nothing."""
