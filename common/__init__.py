"""What several assignments share, and standard algorithms of the field; knows no week."""
