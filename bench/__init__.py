"""What Casepost's speed rests on, measured in one run beside limits and peers: `make bench`.

`docs/performance.md` says what each figure means, and quotes `bench/latest.json`.
"""
