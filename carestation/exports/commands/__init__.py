"""Changes of exports: asked for, made, given out, removed."""
