"""What moves by itself: one WebSocket a page for chat, waiting room and boards."""
