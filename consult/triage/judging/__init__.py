"""The judgement of one case: what applies, what holds, which level follows, and how to explain it."""
