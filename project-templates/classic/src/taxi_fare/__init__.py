"""Predict the fare of a taxi trip before it starts."""
