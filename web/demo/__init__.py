"""The living demo: its cast, its seed, the actors that play the other roles, and the journey that proves it all.

Everything here refuses to work in production mode.
"""
