"""Where everything is kept: SQLAlchemy Core on SQLite or PostgreSQL, and large mails as files."""
