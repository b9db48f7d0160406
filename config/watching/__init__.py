"""What the watch measures, once a minute: each source knows nothing of the others."""
