"""`python -m week1`: the week's assignments and verbs."""

import sys

import week1
from common.week import main

if __name__ == "__main__":
    sys.exit(main(week1))
