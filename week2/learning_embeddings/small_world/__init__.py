"""The small world that ships: its facts (`world*.py`), and the grammar that speaks of them (`compose*.py`)."""
