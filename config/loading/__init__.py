"""What `carestation load-seed` makes: `cast` by commands, `history` copied in."""
