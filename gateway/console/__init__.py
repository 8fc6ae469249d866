"""The console: pages for those who answer, supervise and administer, at an address of its own."""
