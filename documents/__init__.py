"""What is handed in: official forms and the checklist as docx and PDF."""
