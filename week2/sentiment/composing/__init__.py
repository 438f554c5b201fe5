"""Sentences of reviews, composed so that in half of them a "not", a "but" or the order of the words decides."""
