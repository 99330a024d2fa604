"""The media process: receives a second, small copy of a call from each browser and keeps it, never decoded.

It runs beside the server, knows no table and no person, and dies alone. Only here is aiortc imported.
"""
