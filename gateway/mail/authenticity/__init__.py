"""Whether the author's domain vouches for a mail: SPF, DKIM and DMARC, or who checked them for us.

Nothing here asks the network: what has to be asked of the DNS is handed out and comes back.
"""
