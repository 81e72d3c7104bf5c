"""Forms: what Gradio draws, and what happens when a person hands something in."""
