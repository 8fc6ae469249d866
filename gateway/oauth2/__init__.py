"""Access tokens for mailboxes and the MSA: asked for, kept for all nodes, renewed in time."""
