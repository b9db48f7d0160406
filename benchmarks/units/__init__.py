"""The units of deploy/ under a real systemd, installed word by word as the manual says."""
