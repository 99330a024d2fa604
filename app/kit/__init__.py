"""Small tools that know no domain: states, problems, clock, ids, money, text, database."""
