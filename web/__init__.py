"""All HTTP and WebSocket, and nothing else."""
