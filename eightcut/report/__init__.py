"""Plots and offline pages: numbers are computed elsewhere and shown here."""
