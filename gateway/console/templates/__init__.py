"""Pages about the texts of mails: which there are, what they come to, and how to change them."""
