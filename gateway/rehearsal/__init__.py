"""Deciding on mails without doing anything: a process of its own, which the console starts.

It reads the files as they stand, so that rules can be tried before they are in force, and it is
bounded: what a mail or a rule provokes ends this process and no other. A line of JSON on standard
input says what is wanted:

    {"config": PATH, "do": "past", "since": TIME, "desk": NAME}
    {"config": PATH, "do": "mail", "mail": ID}
    {"config": PATH, "do": "text", "text": TEXT, "desk": NAME, "authentic": true}

On standard output it says a line of JSON for each thing: `progress`, `difference` and `totals` of
past mails, `tried` of one mail, or the `problem` that keeps it from all that. It ends when standard
input closes.
"""
