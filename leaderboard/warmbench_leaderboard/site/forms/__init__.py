"""The forms that Gradio draws, and what they do."""
