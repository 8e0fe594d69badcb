"""A model that guesses the price of a ride from its distance."""
