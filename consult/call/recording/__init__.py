"""Recordings of calls: who agreed, which copies are received, what was kept, and the proof that nothing is gone."""
