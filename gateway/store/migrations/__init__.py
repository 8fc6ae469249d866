"""The steps from an empty database to the present tables; each is written once and never edited."""
