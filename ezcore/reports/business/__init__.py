"""How business is: one room per report. `queries.py` lets the database sum, `rules.py` folds what it gave, purely.

Amounts of two currencies are never added: whoever asks names one. docs/reports.md says what each figure means.
"""
