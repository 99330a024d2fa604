"""One line of history of the schema, for SQLite and PostgreSQL alike.

The first step is written out as SQL, one file for each database (`versions/0001/`), so that it can be read and never
follows the models of a later day. `python -m migrations.initial` writes these files anew; that is for the time before
the first release only. Later steps are Alembic operations in batch mode.
"""
