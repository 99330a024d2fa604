"""The patient's own words: clauses and negation, signs of danger, suggested complaints."""
