"""All HTTP and WebSocket, and nothing else: pages, the JSON API, and what moves by itself."""
