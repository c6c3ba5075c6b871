"""The web page: a conversation beside the forms that it fills, and the same questions as a form."""
