"""How well messages are understood: asked of the real engine, measured, and shown on one page."""
