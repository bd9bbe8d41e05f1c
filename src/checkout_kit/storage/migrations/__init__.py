"""Alembic's scripts: how a database gets from any earlier schema to this version's."""
