"""Copies of a house: made while it runs, checked, and put back."""
