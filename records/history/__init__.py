"""Allergies, medicines, pregnancy, weight and kidney function: asked once, confirmed at each visit."""
