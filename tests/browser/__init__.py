"""Whole ways through pages, in a real browser."""
