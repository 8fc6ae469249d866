"""The courier: hands outgoing mails to the mail submission agent and writes down what became."""
