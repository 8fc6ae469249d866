"""What is new in a mail, apart from what it quotes and how it is signed.

Nothing is deleted: what is not new is folded. Import from the modules: who shows folds (`model`)
or writes our marker line (`marker`) does not need what finds them (`fold`).
"""
