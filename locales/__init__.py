"""Translations of user-facing strings; the source language is Chinese."""
