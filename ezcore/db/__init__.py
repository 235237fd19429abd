"""Database floor: declarative base, column types, engine, sealed secrets and the migration runner."""
