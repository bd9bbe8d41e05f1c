"""Generators of random but valid inputs, shared by property tests."""
